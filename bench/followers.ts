import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { edgeItem } from '../lambdas/follows/dynamo-follow-items.ts';
import type { FollowLink } from '../lambdas/follows/follows-read.ts';
import { batchWrite } from '../lambdas/shared/dynamo/batch-write.ts';
import { randomUlid } from '../lambdas/shared/identifier.ts';
import { headKey, keys } from '../lambdas/timelines/contract.ts';
import { tables } from './local-tables.ts';
import { newResource } from './sample.ts';

/** So long ago began the follows that are made up, so that no job takes them for new. */
const dayMs = 24 * 60 * 60_000;

/**
 * Gives an actor followers who read their timelines lately: the follows as edges, and of each
 * timeline its head. Written in batches; counters are left out, as fan-out does not need them.
 */
export async function addFollowers(
  client: DynamoDBDocumentClient,
  actor: string,
  count: number,
): Promise<FollowLink[]> {
  const sinceMs = Date.now() - dayMs;
  const links = Array.from({ length: count }, () => ({
    ref: newResource(),
    followId: randomUlid(sinceMs),
  }));
  const shards = { follower: 0, followed: 0 };
  await batchWrite(
    client,
    tables.follows,
    links.map(({ ref, followId }) => ({
      PutRequest: { Item: edgeItem({ follower: ref, followed: actor, followId, shards }) },
    })),
  );
  await batchWrite(
    client,
    tables.timelines,
    links.map(({ ref }) => ({
      PutRequest: {
        Item: { pk: keys.privateTimeline(ref), sk: headKey, lastReadAt: Date.now() },
      },
    })),
  );
  return links;
}
