import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../lambdas/timelines/contract.ts';
import { answered } from '../answered.ts';
import { tables } from '../local-tables.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { newAction, newResource, subOf } from '../sample.ts';
import { timelinesApi, timelinesParts } from '../social.ts';
import type { TimelinesParts } from '../social.ts';
import type { CapacityMeter } from './capacity-meter.ts';
import { consumption } from './consumption.ts';
import { itemSize } from './item-size.ts';

/** Actions on the private timeline that is read, and on its owner's own, which is merged in. */
const copiesRead = 60;
const ownActions = 30;

const dayMs = 24 * 60 * 60_000;

/** Consumption of posting, reading and counting, whole requests. */
export async function timelinesCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const parts = timelinesParts(client);
  const api = timelinesApi(parts);
  const post = async (actor: string, headers: Record<string, string> = {}) =>
    meter.measure(() =>
      answered(api, 201, {
        method: 'POST',
        url: `/v1/resources/${actor}/actions`,
        sub: subOf(actor),
        body: newAction(),
        headers,
      }),
    );
  const reader = newResource();
  const get = (path: string) =>
    meter.measure(() =>
      answered(api, 200, {
        method: 'GET',
        url: `/v1/resources/${reader}/${path}`,
        sub: subOf(reader),
      }),
    );

  const plain = await post(newResource());
  const withKey = await post(newResource(), { 'idempotency-key': 'once' });
  for (let index = 0; index < ownActions; index++) await post(reader);
  await fillTimeline(parts, reader);
  const copyBytes = await sizeOfCopy(client, reader);
  // The first cursor of an installation makes the key that signs them all.
  await get('timelines/public?limit=1');
  const firstEver = await get('timelines/private?limit=20');
  await parts.privates.touch(reader, Date.now() - 2 * dayMs, false);
  const firstOfDay = await get('timelines/private?limit=20');
  const page = await get('timelines/private?limit=20');
  const publicPage = await get('timelines/public?limit=20');
  const unread = await get('timelines/private/unread-count');

  return [
    ...consumption('post action', plain, { writes: { atMost: 4 } }),
    ...consumption('post action with Idempotency-Key', withKey, { writes: { atMost: 4 } }),
    ...consumption('read private page of 20', page, { reads: { atMost: 6 } }),
    ...consumption('read private page of 20, first in a day', firstOfDay),
    ...consumption('read private page of 20, first ever', firstEver),
    ...consumption('read public page of 20', publicPage),
    ...consumption(`unread count over ${String(copiesRead + ownActions)} actions`, unread),
    result('copy of an action on a private timeline: stored', copyBytes, 'bytes'),
  ];
}

async function sizeOfCopy(client: DynamoDBDocumentClient, owner: string): Promise<number> {
  const { Items: [copy = {}] = [] } = await client.send(
    new QueryCommand({
      TableName: tables.timelines,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': keys.privateTimeline(owner) },
      Limit: 1,
    }),
  );
  return itemSize(copy);
}

/** Copies from a few actors, as fan-out writes them. */
async function fillTimeline(
  { privates, now, newUlid }: TimelinesParts,
  owner: string,
): Promise<void> {
  const follows = Array.from({ length: 6 }, () => ({
    actor: newResource(),
    followId: newUlid(now()),
  }));
  const perActor = copiesRead / follows.length;
  const copies = follows.flatMap((follow) =>
    Array.from({ length: perActor }, () => {
      const { data, ...action } = newAction();
      return { ...action, ...follow, owner, ulid: newUlid(now()), data: JSON.stringify(data) };
    }),
  );
  await privates.writeCopies(copies);
}
