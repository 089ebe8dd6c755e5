import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { DynamoFollowStore } from '../../lambdas/follows/dynamo-follow-store.ts';
import { answered } from '../answered.ts';
import { CapacityMeter } from '../capacity/capacity-meter.ts';
import { tableIndexes, tables } from '../local-tables.ts';
import type { LocalTables } from '../local-tables.ts';
import { median, quantile } from '../quantile.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { newResource, subOf } from '../sample.ts';
import { followsApi } from '../social.ts';
import { tallyTransactions } from './transaction-conflicts.ts';

const follows = 500;

/** The SDK's connections: on AWS each of the functions has its own, so none waits for another's. */
const connections = 500;

/** Follows one after the other, to tell what the service takes when nobody waits for another. */
const lonelyFollows = 50;

const countsSchema = z.object({ followers: z.number() });

/**
 * Five hundred follows of one resource at the same moment, each in an instance of the function of its
 * own, which knows nothing yet of how many shards the counter has: as it is after a quiet hour.
 */
export async function measureConcurrentFollows(local: LocalTables): Promise<Result[]> {
  return [
    result('follow, one after the other: p50', median(await lonelyTimes(local)), 'ms'),
    ...(await measure(local, { conflicts: false, name: '500 follows of one resource at once' })),
    ...(await measure(local, {
      conflicts: true,
      name: '500 follows of one resource at once, with conflicts as on AWS',
    })),
  ];
}

async function measure(
  local: LocalTables,
  { conflicts, name }: { conflicts: boolean; name: string },
): Promise<Result[]> {
  const client = local.client({ requestHandler: { httpAgent: { maxSockets: connections } } });
  const tally = tallyTransactions(client, { conflicts });
  const followed = newResource();
  const calls = await Promise.allSettled(
    Array.from({ length: follows }, () => timedFollow(client, followed)),
  );
  const times = calls.flatMap((call) => (call.status === 'fulfilled' ? [call.value] : []));
  const reading = local.client();
  const meter = new CapacityMeter(reading, local.client(), tableIndexes);
  const { reads } = await meter.measure(() => followersOf(reading, followed));
  const shards = await new DynamoFollowStore(client, tables.follows).counters(followed);
  return [
    result(
      `${name}: followers counted afterwards`,
      await followersOf(client, followed),
      'followers',
      {
        exactly: follows,
      },
    ),
    result(`${name}: calls that failed`, follows - times.length, 'calls', { exactly: 0 }),
    result(`${name}: p50`, quantile(times, 0.5), 'ms'),
    result(`${name}: p95`, quantile(times, 0.95), 'ms'),
    result(`${name}: retries`, tally.sent - follows, 'transactions'),
    result(`${name}: counter shards in the end`, shards.length, 'shards'),
    result(`${name}: counts read from them`, reads, 'RRU', { atMost: 1 }),
  ];
}

async function lonelyTimes(local: LocalTables): Promise<number[]> {
  const client = local.client();
  const followed = newResource();
  const times: number[] = [];
  for (let index = 0; index < lonelyFollows; index++)
    times.push(await timedFollow(client, followed));
  return times;
}

/** Milliseconds of a follow by somebody new, in an instance of its own. */
async function timedFollow(client: DynamoDBDocumentClient, followed: string): Promise<number> {
  const follower = newResource();
  const api = followsApi(client);
  const started = performance.now();
  await answered(api, 201, {
    method: 'PUT',
    url: `/v1/resources/${follower}/followings/${followed}`,
    sub: subOf(follower),
  });
  return performance.now() - started;
}

async function followersOf(client: DynamoDBDocumentClient, ref: string): Promise<number> {
  const counts = await answered(followsApi(client), 200, {
    method: 'GET',
    url: `/v1/resources/${ref}/counts`,
    sub: 'reader',
  });
  return countsSchema.parse(counts).followers;
}
