import { resourcesOf } from './synthesis.ts';
import type { Synthesis } from './synthesis.ts';

/** `action resource`, resources by logical id: `dynamodb:Query FollowsTable/index/followers`. */
export type Right = string;

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

/** What the policies of a function's role allow. */
export function rightsOf(synthesis: Synthesis, fn: string): Set<Right> {
  const role = resourceId(synthesis, propertyOf(synthesis, 'AWS::Lambda::Function', fn, 'Role'));
  const rights = new Set<Right>();
  for (const [, { Properties }] of resourcesOf(synthesis, 'AWS::IAM::Policy')) {
    const roles = Properties['Roles'] as unknown[];
    if (!roles.some((one) => resourceId(synthesis, one) === role)) continue;
    const document = Properties['PolicyDocument'] as { Statement: Statement[] };
    for (const { Effect, Action, Resource } of document.Statement) {
      if (Effect !== 'Allow') throw new Error(`not understood: ${Effect}`);
      for (const action of [Action].flat()) {
        for (const resource of [Resource].flat()) {
          rights.add(`${action} ${resourceId(synthesis, resource)}`);
        }
      }
    }
  }
  return rights;
}

/** What a role allows besides its policies' own resources: managed policies and inline ones. */
export function otherPoliciesOf(synthesis: Synthesis): unknown[] {
  return resourcesOf(synthesis, 'AWS::IAM::Role').flatMap(([, { Properties }]) => [
    ...((Properties['ManagedPolicyArns'] as unknown[] | undefined) ?? []),
    ...((Properties['Policies'] as unknown[] | undefined) ?? []),
  ]);
}

/** Environment of a function whose values name resources, by name. */
export function environmentOf(synthesis: Synthesis, fn: string): Record<string, string> {
  const environment = propertyOf(synthesis, 'AWS::Lambda::Function', fn, 'Environment') as {
    Variables: Record<string, unknown>;
  };
  return Object.fromEntries(
    Object.entries(environment.Variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : resourceId(synthesis, value),
    ]),
  );
}

/**
 * What AWS's mappings do in the name of the function's role: read the stream and tell its failure
 * queue, or receive from the queue. These are the rights that CDK's event sources grant; of SQS's,
 * ChangeMessageVisibility and GetQueueUrl are more than AWS asks for, on the function's own queue.
 */
export function mappingRightsOf(synthesis: Synthesis, fn: string): Set<Right> {
  const rights = new Set<Right>();
  for (const [, { Properties }] of resourcesOf(synthesis, 'AWS::Lambda::EventSourceMapping')) {
    if (resourceId(synthesis, Properties['FunctionName']) !== fn) continue;
    const source = resourceId(synthesis, Properties['EventSourceArn']);
    const actions = source.endsWith('/stream') ? streamActions : queueActions;
    for (const action of actions) rights.add(`${action} ${source}`);
    const destination = Properties['DestinationConfig'] as
      | { OnFailure: { Destination: unknown } }
      | undefined;
    if (!destination) continue;
    const failures = resourceId(synthesis, destination.OnFailure.Destination);
    for (const action of destinationActions) rights.add(`${action} ${failures}`);
  }
  return rights;
}

const streamActions = [
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
];
const queueActions = [
  'sqs:ChangeMessageVisibility',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:GetQueueUrl',
  'sqs:ReceiveMessage',
];
const destinationActions = ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'];

/** What every function does beside its own work: its log group, and traces (which have no resources). */
export function standingRightsOf(synthesis: Synthesis, fn: string): Set<Right> {
  const logging = propertyOf(synthesis, 'AWS::Lambda::Function', fn, 'LoggingConfig') as {
    LogGroup: unknown;
  };
  const logGroup = resourceId(synthesis, logging.LogGroup);
  return new Set([
    `logs:CreateLogStream ${logGroup}`,
    `logs:PutLogEvents ${logGroup}`,
    'xray:PutTelemetryRecords *',
    'xray:PutTraceSegments *',
  ]);
}

function propertyOf(synthesis: Synthesis, type: string, id: string, name: string): unknown {
  const found = resourcesOf(synthesis, type).find(([logicalId]) => logicalId === id);
  return found?.[1].Properties[name];
}

/** The logical id behind a reference of a template, also into another stack; `/stream`, `/index/x` behind it. */
function resourceId(synthesis: Synthesis, value: unknown): string {
  if (typeof value === 'string') return value;
  const reference = value as Record<string, unknown>;
  if ('Ref' in reference) return String(reference['Ref']);
  if ('Fn::GetAtt' in reference) {
    const [id, attribute] = reference['Fn::GetAtt'] as [string, string];
    return attribute === 'StreamArn' ? `${id}/stream` : id;
  }
  if ('Fn::Join' in reference) {
    const [, parts] = reference['Fn::Join'] as [string, unknown[]];
    return parts.map((part) => resourceId(synthesis, part)).join('');
  }
  if ('Fn::ImportValue' in reference) {
    const exported = Object.values(synthesis.templates)
      .flatMap(({ Outputs }) => Object.values(Outputs ?? {}))
      .find(({ Export }) => Export?.Name === reference['Fn::ImportValue']);
    return resourceId(synthesis, exported?.Value);
  }
  throw new Error(`not understood: ${JSON.stringify(value)}`);
}
