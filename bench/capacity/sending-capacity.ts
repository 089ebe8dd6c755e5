import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { blockUser, unblockUser } from '../../lambdas/convos/blocks.ts';
import { maxBodyCharacters } from '../../lambdas/convos/message-text.ts';
import { convosApi, convosParts } from '../convos.ts';
import { converse, reply, write } from '../letters.ts';
import type { Result } from '../result.ts';
import { newResource, widestLetter } from '../sample.ts';
import type { CapacityMeter } from './capacity-meter.ts';
import { consumption } from './consumption.ts';

/** Write units of an everyday message that may be spent. */
const goal = { writes: { atMost: 20 } };

/** The longest message in characters of one byte each: a KB of text is two units more. */
const longest = { body: 'x'.repeat(maxBodyCharacters) };

/** Consumption of sending messages and of blocks, whole requests. */
export async function sendingCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const parts = convosParts(client);
  const api = convosApi(parts);
  const [from, to] = [newResource(), newResource()];
  const key = { 'idempotency-key': 'once' };

  const started = await meter.measure(() => write(api, { from, to }));
  const startedWithKey = await meter.measure(() => write(api, { from, to }, key));
  const startedAgain = await meter.measure(() => write(api, { from, to }, key));

  const [{ threadId }] = await converse(api, [from, to], 1);
  const answer = await meter.measure(() => reply(api, { from: to, threadId }));
  const replied = await meter.measure(() => reply(api, { from, threadId }));
  const repliedWithKey = await meter.measure(() => reply(api, { from, threadId }, key));
  const repliedAgain = await meter.measure(() => reply(api, { from, threadId }, key));
  const long = await meter.measure(() => reply(api, { from, threadId, letter: longest }));
  const [wide] = await converse(api, [from, to], 2, widestLetter());
  const widest = await meter.measure(() =>
    reply(api, { from, threadId: wide.threadId, letter: widestLetter() }),
  );

  const third = newResource();
  const blocked = await meter.measure(() => blockUser(parts, to, third));
  const lifted = await meter.measure(() => unblockUser(parts, to, third));
  const afterBlock = await meter.measure(() => reply(api, { from, threadId }));
  const afterBlockWithKey = await meter.measure(() =>
    reply(api, { from, threadId }, { 'idempotency-key': 'once, after a block' }),
  );

  return [
    ...consumption('start a thread', started, goal),
    ...consumption('start a thread with Idempotency-Key', startedWithKey, goal),
    ...consumption('start a thread once more with the same key', startedAgain, {
      writes: { exactly: 0 },
    }),
    ...consumption('first answer in a thread', answer, goal),
    ...consumption('reply in a thread with messages both ways', replied, goal),
    ...consumption('reply with Idempotency-Key', repliedWithKey, goal),
    ...consumption('reply once more with the same key', repliedAgain, { writes: { exactly: 0 } }),
    ...consumption('reply to a recipient whom some block once concerned', afterBlock, goal),
    ...consumption(
      'reply to a recipient whom some block once concerned, with Idempotency-Key',
      afterBlockWithKey,
      goal,
    ),
    ...consumption('reply of 64,000 one-byte characters', long),
    ...consumption('reply with the widest subject and excerpt that there can be', widest),
    ...consumption('block', blocked),
    ...consumption('lift a block', lifted),
  ];
}
