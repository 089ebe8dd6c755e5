import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { keys } from '../../lambdas/convos/contract.ts';
import type { HttpHandler } from '../../lambdas/shared/http/api-handler.ts';
import { answered } from '../answered.ts';
import { convosApi, convosParts } from '../convos.ts';
import { converse } from '../letters.ts';
import type { Sent } from '../letters.ts';
import { tables } from '../local-tables.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { newLetter, newResource, subOf, widestLetter } from '../sample.ts';
import type { Letter } from '../sample.ts';
import type { CapacityMeter, Consumption } from './capacity-meter.ts';
import { consumption } from './consumption.ts';
import { itemSize } from './item-size.ts';

/** Threads of a mailbox, all of them in both folders, and messages of the one that is read. */
const threads = 25;
const messages = 25;

const goals = { list: { reads: { atMost: 4 } }, thread: { reads: { atMost: 6 } } };

/** Consumption of reading one's threads and messages, whole requests. */
export async function mailboxCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const api = convosApi(convosParts(client));
  const { owner, conversation } = await filledMailbox(api, newLetter());
  const { owner: ownerOfWide } = await filledMailbox(api, widestLetter());
  const [{ id, threadId }] = conversation;
  const get = (path: string, by = owner): Promise<Consumption> =>
    meter.measure(() => ask(api, by, 'GET', path));

  const pages = {
    all: await get('threads?limit=20'),
    inbox: await get('threads?folder=inbox&limit=20'),
    outbox: await get('threads?folder=outbox&limit=20'),
    widest: await get('threads?limit=20', ownerOfWide),
  };
  const thread = {
    messages: await get(`threads/${threadId}/messages?limit=20`),
    detail: await get(`threads/${threadId}`),
    bodies: await get(`threads/${threadId}/messages?limit=20&body=full`),
  };
  const message = await get(`messages/${id}`);
  const unread = await get('convos/unread-count');

  return [
    ...consumption('page of 20 threads', pages.all, goals.list),
    ...consumption('page of 20 threads, inbox', pages.inbox, goals.list),
    ...consumption('page of 20 threads, outbox', pages.outbox, goals.list),
    ...consumption('page of 20 threads with the widest subjects and excerpts', pages.widest),
    ...consumption('page of 20 messages of a thread', thread.messages, goals.thread),
    ...consumption('thread with its 20 newest messages', thread.detail, goals.thread),
    ...consumption('page of 20 messages of a thread, with whole bodies', thread.bodies),
    ...consumption('get a message', message),
    ...consumption('count of unread messages', unread, { reads: { atMost: 1 } }),
    ...(await sizes(client, owner, conversation[0])),
  ];
}

/**
 * A user with many threads and one long one. All were read, and the messages of the long one then marked
 * as unread, as rows that were never read are smaller.
 */
async function filledMailbox(
  api: HttpHandler,
  letter: Letter,
): Promise<{ owner: string; conversation: [Sent, ...Sent[]] }> {
  const owner = newResource();
  const readThread = async ([{ threadId }]: readonly [Sent, ...Sent[]]) =>
    ask(api, owner, 'POST', `threads/${threadId}/read`);
  for (let count = 1; count < threads; count++) {
    await readThread(await converse(api, [newResource(), owner], 2, letter));
  }
  const conversation = await converse(api, [newResource(), owner], messages, letter);
  await readThread(conversation);
  for (const { id } of conversation) await ask(api, owner, 'POST', `messages/${id}/unread`);
  // The first cursor of an installation makes the key that signs them all.
  await ask(api, owner, 'GET', 'threads?limit=1');
  return { owner, conversation };
}

/** Bytes of what a message and its thread keep beside the message itself. */
async function sizes(
  client: DynamoDBDocumentClient,
  owner: string,
  { thread, ulid }: Sent,
): Promise<Result[]> {
  const stored = async (Key: { pk: string; sk: string }): Promise<number> => {
    const { Item = {} } = await client.send(new GetCommand({ TableName: tables.convos, Key }));
    return itemSize(Item);
  };
  return [
    result('side of a thread: stored', await stored(keys.side(owner, thread)), 'bytes'),
    result('copy of a message: stored', await stored(keys.copy(owner, thread, ulid)), 'bytes'),
  ];
}

function ask(api: HttpHandler, owner: string, method: string, path: string): Promise<unknown> {
  return answered(api, 200, { method, url: `/v1/${path}`, sub: subOf(owner) });
}
