import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { answered } from '../answered.ts';
import type { Result } from '../result.ts';
import { newResource, subOf } from '../sample.ts';
import { followsApi } from '../social.ts';
import type { CapacityMeter } from './capacity-meter.ts';
import { consumption } from './consumption.ts';

/** Write units of a follow or unfollow that may be spent, alone and when it concerns a friendship. */
const alone = { atMost: 12 };
const withFriendship = { atMost: 18 };

/** Consumption of each call of follows, whole requests with what their answers need. */
export async function followsCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const api = followsApi(client);
  const [a, b] = [newResource(), newResource()];
  const call = async (method: string, status: number, [ref, other]: [string, string]) =>
    meter.measure(() =>
      answered(api, status, {
        method,
        url: `/v1/resources/${ref}/followings/${other}`,
        sub: subOf(ref),
      }),
    );

  const follow = await call('PUT', 201, [a, b]);
  const closing = await call('PUT', 201, [b, a]);
  const repeated = await call('PUT', 200, [b, a]);
  const counts = await meter.measure(() =>
    answered(api, 200, { method: 'GET', url: `/v1/resources/${a}/counts`, sub: subOf(b) }),
  );
  const list = await meter.measure(() =>
    answered(api, 200, { method: 'GET', url: `/v1/resources/${a}/followers`, sub: subOf(b) }),
  );
  const ending = await call('DELETE', 200, [a, b]);
  const unfollow = await call('DELETE', 200, [b, a]);

  return [
    ...consumption('follow', follow, { writes: alone }),
    ...consumption('follow that closes a friendship', closing, { writes: withFriendship }),
    ...consumption('follow once more', repeated, { writes: { exactly: 0 } }),
    ...consumption('unfollow', unfollow, { writes: alone }),
    ...consumption('unfollow that ends a friendship', ending, { writes: withFriendship }),
    ...consumption('counts', counts, { reads: { atMost: 1 } }),
    ...consumption('list of followers (1 type filled of 4)', list),
  ];
}
