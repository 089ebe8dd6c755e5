import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { runChunk } from '../../lambdas/timelines/fan-out-chunk.ts';
import { plan } from '../../lambdas/timelines/fan-out-planner.ts';
import { postAction } from '../../lambdas/timelines/post-action.ts';
import { addFollowers } from '../followers.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { newAction, newResource } from '../sample.ts';
import { chunkParts, timelinesParts } from '../social.ts';
import type { CapacityMeter, Consumption } from './capacity-meter.ts';

const followers = 200;

/** Consumption of a fan-out, of its planner and its chunks together, for one follower. */
export async function fanOutCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const parts = timelinesParts(client);
  const actor = newResource();
  await addFollowers(client, actor, followers);
  const { data, ...action } = newAction();
  const { ulid } = await postAction(
    parts,
    actor,
    { ...action, data: JSON.stringify(data) },
    { self: false, idempotencyKey: undefined, scope: [] },
  );

  const planning = await meter.measure(() => plan(parts, { kind: 'copy', actor, ulid }));
  const jobs = parts.chunks.take();
  const worker = chunkParts(parts);
  const copy = async (): Promise<void> => {
    for (const job of jobs) await runChunk(worker, job);
  };
  const copying = await meter.measure(copy);
  const copyingAgain = await meter.measure(copy);
  const removing = await meter.measure(async () => {
    await plan(parts, { kind: 'remove', actor, ulid, postedAt: Date.now() });
    for (const job of parts.chunks.take()) await runChunk(worker, job);
  });
  const each = (of: (units: Consumption) => number, ...units: Consumption[]): number =>
    units.reduce((sum, one) => sum + of(one), 0) / followers;

  return [
    result(
      'fan-out, for one follower: WRU',
      each(({ writes }) => writes, planning, copying),
      'WRU',
      { atMost: 1 },
    ),
    result(
      'fan-out, for one follower: RRU',
      each(({ reads }) => reads, planning, copying),
      'RRU',
    ),
    result(
      'fan-out by a worker that knows them, for one follower: RRU',
      each(({ reads }) => reads, planning, copyingAgain),
      'RRU',
    ),
    result(
      'fan-out, for one follower: DynamoDB calls',
      each(({ calls }) => calls, planning, copying),
      'calls',
    ),
    result(
      'fan-out taken back, for one follower: WRU',
      each(({ writes }) => writes, removing),
      'WRU',
    ),
  ];
}
