import {
  DescribeStackResourcesCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation';

/** What the resources of a deployed stack are really called, by their ids in the template. */
export async function physicalNames(
  formation: CloudFormationClient,
  StackName: string,
): Promise<Map<string, string>> {
  const { StackResources = [] } = await formation.send(
    new DescribeStackResourcesCommand({ StackName }),
  );
  return new Map(
    StackResources.flatMap(({ LogicalResourceId, PhysicalResourceId }) =>
      LogicalResourceId === undefined || PhysicalResourceId === undefined
        ? []
        : [[LogicalResourceId, PhysicalResourceId] as const],
    ),
  );
}
