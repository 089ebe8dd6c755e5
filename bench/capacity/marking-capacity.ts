import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { answered } from '../answered.ts';
import { convosApi, convosParts } from '../convos.ts';
import { converse } from '../letters.ts';
import type { Result } from '../result.ts';
import { newResource, subOf } from '../sample.ts';
import type { CapacityMeter } from './capacity-meter.ts';
import { consumption } from './consumption.ts';

/** By turns, and an odd number: the other wrote the first one and the last. */
const messages = 11;

/**
 * Consumption of marking and deleting messages, whole requests, each with a change of the unread count,
 * in a thread that stays in both folders.
 */
export async function markingCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const api = convosApi(convosParts(client));
  const [other, owner] = [newResource(), newResource()];
  const call = (method: string, status: number, path: string) =>
    meter.measure(() => answered(api, status, { method, url: `/v1/${path}`, sub: subOf(owner) }));
  const sent = await converse(api, [other, owner], messages);
  const [{ id: oldest, threadId }] = sent;
  const newest = sent.at(-1)?.id ?? oldest;

  const read = await call('POST', 200, `messages/${newest}/read`);
  const readAgain = await call('POST', 200, `messages/${newest}/read`);
  const unread = await call('POST', 200, `messages/${newest}/unread`);
  const newestGone = await call('DELETE', 204, `messages/${newest}`);
  const oldestGone = await call('DELETE', 204, `messages/${oldest}`);
  const threadRead = await call('POST', 200, `threads/${threadId}/read`);

  return [
    ...consumption('mark a message as read', read),
    ...consumption('mark a message as read once more', readAgain, { writes: { exactly: 0 } }),
    ...consumption('mark a message as unread', unread),
    ...consumption('mark a whole thread as read', threadRead),
    ...consumption('delete the newest message of a thread', newestGone),
    ...consumption('delete another message', oldestGone),
  ];
}
