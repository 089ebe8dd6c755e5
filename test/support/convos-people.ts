import * as endpoints from '../../lambdas/convos/endpoints.ts';
import type { Folder } from '../../lambdas/convos/convo-store.ts';
import type { Endpoint } from '../../lambdas/shared/http/endpoint.ts';
import type { ApiAnswer } from './api-call.ts';
import { ask, askAll } from './convos-asking.ts';
import type { ConvosApp, Handling } from './convos-app.ts';

export const amy = 'user:amy';
export const bob = 'user:bob';
export const cat = 'user:cat';

/** A message as its sender and recipient get it. */
export interface Message {
  id: string;
  threadId: string;
  sender: string;
  recipient: string;
  subject: string;
  body: string;
  sentAt: string;
  isRead: boolean;
}

/** A message in a list. */
export type ListedMessage = Pick<Message, 'id' | 'sender' | 'recipient' | 'sentAt' | 'isRead'> & {
  bodyExcerpt: string;
};

export interface Thread {
  id: string;
  subject: string;
  with: string;
  lastMessage?: Pick<ListedMessage, 'id' | 'sender' | 'bodyExcerpt' | 'sentAt' | 'isRead'>;
  unreadCount: number;
  messageCount: number;
}

export interface Text {
  subject?: string;
  body?: string;
  /** The header `Idempotency-Key`. */
  key?: string | undefined;
}

/** Asks to write to somebody, which starts a thread. */
export async function askStart(
  app: ConvosApp,
  from: string,
  to: string,
  { subject = 'Lunch?', body = 'At noon.', key }: Text = {},
  handling?: Handling,
): Promise<ApiAnswer> {
  const letter = { recipient: to, subject, body };
  return ask(app, from, endpoints.sendMessage, { body: letter, key }, handling);
}

export async function start(
  app: ConvosApp,
  from: string,
  to: string,
  text?: Text,
  handling?: Handling,
): Promise<Message> {
  return sent(await askStart(app, from, to, text, handling));
}

/** Asks to reply in a thread. */
export async function askReply(
  app: ConvosApp,
  from: string,
  threadId: string,
  { body = 'Gladly.', key }: Text = {},
  handling?: Handling,
): Promise<ApiAnswer> {
  const asking = { params: { id: threadId }, body: { body }, key };
  return ask(app, from, endpoints.replyToThread, asking, handling);
}

export async function reply(
  app: ConvosApp,
  from: string,
  threadId: string,
  text?: Text,
  handling?: Handling,
): Promise<Message> {
  return sent(await askReply(app, from, threadId, text, handling));
}

function sent({ status, body }: ApiAnswer): Message {
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body as Message;
}

/** What an operation on a message or thread answers, by its id. */
export async function on(
  app: ConvosApp,
  caller: string,
  endpoint: Endpoint,
  id: string,
  handling?: Handling,
): Promise<number> {
  return (await ask(app, caller, endpoint, { params: { id } }, handling)).status;
}

/** The caller's threads, those with the newest last message first. */
export async function threadsOf(
  app: ConvosApp,
  caller: string,
  folder?: Folder,
  limit = 100,
): Promise<Thread[]> {
  const query = { folder, limit };
  return (await askAll(app, caller, endpoints.listThreads, { query })) as Thread[];
}

/** A thread as its participant sees it, without its messages; undefined where that is 404. */
export async function threadOf(
  app: ConvosApp,
  caller: string,
  id: string,
  folder?: Folder,
): Promise<Thread | undefined> {
  const asking = { params: { id }, query: { folder } };
  const { status, body } = await ask(app, caller, endpoints.getThread, asking);
  if (status === 404) return undefined;
  const { messages: _messages, ...thread } = body as Thread & { messages: unknown };
  return thread;
}

/** The caller's messages of a thread, newest first. */
export async function messagesOf(
  app: ConvosApp,
  caller: string,
  threadId: string,
  query: Record<string, string | number> = { limit: 100 },
): Promise<ListedMessage[]> {
  const asking = { params: { id: threadId }, query };
  return (await askAll(app, caller, endpoints.listMessages, asking)) as ListedMessage[];
}

/** What they say, newest first. */
export async function textsOf(app: ConvosApp, caller: string, threadId: string): Promise<string[]> {
  return (await messagesOf(app, caller, threadId)).map(({ bodyExcerpt }) => bodyExcerpt);
}

export async function unreadOf(
  app: ConvosApp,
  caller: string,
): Promise<{ count: number; threads: number }> {
  const { body } = await ask(app, caller, endpoints.countUnreadMessages);
  return body as { count: number; threads: number };
}
