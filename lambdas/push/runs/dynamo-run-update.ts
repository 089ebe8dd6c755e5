import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import type { KeptRun } from './run-changes.ts';
import type { RunItem } from './run-rows.ts';

/** Writes that are known again: more than can happen while one of them is repeated. */
const keptWrites = 20;

/** The write of what follows on a run as it was read. Revivals are not its business. */
export function runUpdate(
  { version, writes }: RunItem,
  after: KeptRun,
  nonce: string,
): Omit<UpdateCommandInput, 'TableName' | 'Key'> {
  const { counts, messages, jobs, aliveMs, state, finishedMs, hasFailedJob } = after;
  const set = Object.entries({
    counts,
    messages,
    jobs,
    aliveMs,
    state,
    finishedMs,
    hasFailedJob,
    version: version + 1,
    writes: [...writes, nonce].slice(-keptWrites),
  }).filter(([, value]) => value !== undefined);
  const assignments = set.map(([name]) => `#${name} = :${name}`);
  const leavesRunning = state === 'running' ? '' : ' REMOVE #statusKey';
  return {
    ConditionExpression: '#version = :versionAsRead',
    UpdateExpression: `SET ${assignments.join(', ')}${leavesRunning}`,
    ExpressionAttributeNames: {
      ...Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
      ...(state !== 'running' && { '#statusKey': 'statusKey' }),
    },
    ExpressionAttributeValues: {
      ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
      ':versionAsRead': version,
    },
  };
}
