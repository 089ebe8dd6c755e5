import type { HttpHandler } from '../../lambdas/shared/http/api-handler.ts';
import * as z from 'zod';
import { answered } from '../answered.ts';
import { convosApi, convosParts } from '../convos.ts';
import { converse, reply, write } from '../letters.ts';
import type { LocalTables } from '../local-tables.ts';
import { median, quantile } from '../quantile.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { newResource, subOf } from '../sample.ts';
import { tallyTransactions } from './transaction-conflicts.ts';

const replies = 50;
const senders = 100;

/** Replies one after the other, to tell what one takes when nobody waits for another. */
const lonelyReplies = 50;

/** Messages of a thread that were there and read before the replies. */
const before = 2;

const countSchema = z.object({ count: z.number(), threads: z.number() });
const threadSchema = z.object({ messageCount: z.number() });

/**
 * Messages at the same moment that write the same items, each in an instance of the function of its
 * own, with transactions refused as on AWS: replies of both participants in one thread, which change
 * both of its sides, and threads with one recipient, which change its unread count.
 */
export async function measureConcurrentSends(local: LocalTables): Promise<Result[]> {
  return [
    result('reply, one after the other: p50', median(await lonelyTimes(local)), 'ms'),
    ...(await repliesInOneThread(local)),
    ...(await threadsWithOneRecipient(local)),
  ];
}

async function repliesInOneThread(local: LocalTables): Promise<Result[]> {
  const name = `${String(replies)} replies of both participants in one thread at once`;
  const reading = convosApi(convosParts(local.client()));
  const both: [string, string] = [newResource(), newResource()];
  const [{ threadId }] = await converse(reading, both, before);
  for (const owner of both) await ask(reading, owner, 'POST', `threads/${threadId}/read`);

  const rows = await atTheSameMoment(local, { name, count: replies }, async (api, place) => {
    const from = both[place % 2 === 0 ? 0 : 1];
    await reply(api, { from, threadId });
  });
  const unread = await Promise.all(both.map((owner) => unreadOf(reading, owner)));
  const held = await Promise.all(
    both.map(async (owner) =>
      threadSchema.parse(await ask(reading, owner, 'GET', `threads/${threadId}`)),
    ),
  );
  return [
    result(
      `${name}: replies that both have afterwards`,
      Math.min(...held.map(({ messageCount }) => messageCount)) - before,
      'replies',
      { exactly: replies },
    ),
    result(
      `${name}: unread count afterwards, of both together`,
      unread.reduce((sum, { count }) => sum + count, 0),
      'messages',
      { exactly: replies },
    ),
    ...rows,
  ];
}

async function threadsWithOneRecipient(local: LocalTables): Promise<Result[]> {
  const name = `${String(senders)} senders to one recipient at once`;
  const to = newResource();
  const rows = await atTheSameMoment(local, { name, count: senders }, async (api) => {
    await write(api, { from: newResource(), to });
  });
  const { count, threads } = await unreadOf(convosApi(convosParts(local.client())), to);
  return [
    result(`${name}: unread count afterwards`, count, 'messages', { exactly: senders }),
    result(`${name}: threads counted afterwards`, threads, 'threads', { exactly: senders }),
    ...rows,
  ];
}

/** Runs so many sends, each through an API of its own and with a connection that waits for none. */
async function atTheSameMoment(
  local: LocalTables,
  { name, count }: { name: string; count: number },
  send: (api: HttpHandler, place: number) => Promise<void>,
): Promise<Result[]> {
  const client = local.client({ requestHandler: { httpAgent: { maxSockets: count } } });
  const tally = tallyTransactions(client, { conflicts: true });
  const started = performance.now();
  const calls = await Promise.allSettled(
    Array.from({ length: count }, async (_none, place) => {
      await send(convosApi(convosParts(client)), place);
      return performance.now() - started;
    }),
  );
  const times = calls.flatMap((call) => (call.status === 'fulfilled' ? [call.value] : []));
  return [
    result(`${name}: calls that failed`, count - times.length, 'calls', { exactly: 0 }),
    result(`${name}: p50`, quantile(times, 0.5), 'ms'),
    result(`${name}: p95`, quantile(times, 0.95), 'ms'),
    result(`${name}: all of them`, quantile(times, 1), 'ms'),
    result(`${name}: transactions for each that was sent`, tally.sent / times.length, 'tries'),
    result(`${name}: of which conflicts`, tally.conflicts / times.length, 'tries'),
  ];
}

async function lonelyTimes(local: LocalTables): Promise<number[]> {
  const api = convosApi(convosParts(local.client()));
  const both: [string, string] = [newResource(), newResource()];
  const [{ threadId }] = await converse(api, both, before);
  const times: number[] = [];
  for (let count = 0; count < lonelyReplies; count++) {
    const started = performance.now();
    await reply(api, { from: both[count % 2 === 0 ? 0 : 1], threadId });
    times.push(performance.now() - started);
  }
  return times;
}

async function unreadOf(api: HttpHandler, owner: string) {
  return countSchema.parse(await ask(api, owner, 'GET', 'convos/unread-count'));
}

function ask(api: HttpHandler, owner: string, method: string, path: string): Promise<unknown> {
  return answered(api, 200, { method, url: `/v1/${path}`, sub: subOf(owner) });
}
