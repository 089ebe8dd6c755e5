import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import {
  DescribeTableCommand,
  DynamoDBClient,
  ListTagsOfResourceCommand,
  TagResourceCommand,
} from '@aws-sdk/client-dynamodb';
import type { SynthesisedStack } from './cloud-assembly.ts';
import { emulatorClient, type EmulatorAddress } from './emulator-client.ts';
import { physicalNames } from './physical-names.ts';

const tagKey = 'sequitur:sample';

/** Says of a data set whether it has had its sample. */
export interface SampleMark {
  readonly isSet: () => Promise<boolean>;
  readonly set: () => Promise<void>;
}

/**
 * Loads a sample into a data set that has not had it, and marks that. A later start leaves alone what
 * users have made of it since.
 */
export async function loadOnce(mark: SampleMark, load: () => Promise<void>): Promise<void> {
  if (await mark.isSet()) return;
  await load();
  await mark.set();
}

/**
 * The mark of a deployed stack: a tag of its first table. It is kept, lost and replaced together
 * with the data, be it that an emulator crashed before it saved them or that one at a preset
 * address began anew, which a file beside the stack would not notice.
 */
export function sampleMark(address: EmulatorAddress, stack: SynthesisedStack): SampleMark {
  return {
    isSet: () =>
      withTable(address, stack, async (tables, ResourceArn) => {
        const { Tags = [] } = await tables.send(new ListTagsOfResourceCommand({ ResourceArn }));
        return Tags.some(({ Key }) => Key === tagKey);
      }),
    set: () =>
      withTable(address, stack, async (tables, ResourceArn) => {
        const Tags = [{ Key: tagKey, Value: 'loaded' }];
        await tables.send(new TagResourceCommand({ ResourceArn, Tags }));
      }),
  };
}

async function withTable<Result>(
  address: EmulatorAddress,
  stack: SynthesisedStack,
  use: (tables: DynamoDBClient, arn: string) => Promise<Result>,
): Promise<Result> {
  const formation = emulatorClient(CloudFormationClient, address);
  const tables = emulatorClient(DynamoDBClient, address);
  try {
    const names = await physicalNames(formation, stack.name);
    const table = stack.resources.find(({ type }) => type.startsWith('AWS::DynamoDB::'));
    const TableName = table && names.get(table.logicalId);
    if (TableName === undefined) throw new Error(`the stack ${stack.name} has no table to mark`);
    const { Table } = await tables.send(new DescribeTableCommand({ TableName }));
    if (Table?.TableArn === undefined) throw new Error(`the table ${TableName} has no ARN`);
    return await use(tables, Table.TableArn);
  } finally {
    formation.destroy();
    tables.destroy();
  }
}
