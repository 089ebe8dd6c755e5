import { call } from './api.ts';
import type { Answer } from './api.ts';
import type { Person } from './people.ts';
import { walk } from './walk.ts';
import type { Query } from './walk.ts';

/** A message as the API gives it. */
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

/** A message as a thread's list gives it, with an excerpt or the whole body. */
export interface ListedMessage {
  id: string;
  sender: string;
  recipient: string;
  bodyExcerpt?: string;
  body?: string;
  sentAt: string;
  isRead: boolean;
}

export interface Thread {
  id: string;
  subject: string;
  with: string;
  lastMessage: Omit<ListedMessage, 'recipient' | 'body'>;
  unreadCount: number;
  messageCount: number;
  /** Of one thread: the newest. */
  messages?: ListedMessage[];
}

export interface Block {
  ref: string;
  since: string;
}

interface Text {
  subject?: string;
  body?: string;
}

/** Asks to send; what comes is the caller's to look at. */
export function sending(
  from: Person,
  to: Pick<Person, 'ref'>,
  { subject = 'Lunch?', body = 'Today at noon.' }: Text = {},
  key?: string,
): Promise<Answer<Message>> {
  return call<Message>(from, 'POST', '/messages', {
    body: { recipient: to.ref, subject, body },
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
}

/** Asks to reply; what comes is the caller's to look at. */
export function replying(
  from: Person,
  threadId: string,
  body = 'Yes.',
  key?: string,
): Promise<Answer<Message>> {
  return call<Message>(from, 'POST', `/threads/${threadId}/messages`, {
    body: { body },
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
}

export async function send(from: Person, to: Pick<Person, 'ref'>, text?: Text): Promise<Message> {
  return sent(await sending(from, to, text));
}

export async function reply(from: Person, threadId: string, body?: string): Promise<Message> {
  return sent(await replying(from, threadId, body));
}

function sent({ status, body }: Answer<Message>): Message {
  if (status !== 201) throw new Error(`the message was refused: ${JSON.stringify(body)}`);
  return body;
}

/** The message as its reader sees it. */
export async function messageOf(who: Person, id: string): Promise<Message> {
  return got(await call<Message>(who, 'GET', `/messages/${id}`));
}

/** The thread as one of its two sees it, with its newest messages. */
export async function threadOf(
  who: Person,
  id: string,
  query: Record<string, string> = {},
): Promise<Thread> {
  return got(await call<Thread>(who, 'GET', `/threads/${id}`, { query }));
}

function got<Body>({ status, body }: Answer<Body>): Body {
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

export function threadsOf(who: Person, query?: Query): Promise<Thread[]> {
  return walk<Thread>(who, '/threads', query);
}

export async function threadIds(who: Person, query?: Query): Promise<string[]> {
  return (await threadsOf(who, query)).map(({ id }) => id);
}

export function messagesOf(who: Person, threadId: string, query?: Query): Promise<ListedMessage[]> {
  return walk<ListedMessage>(who, `/threads/${threadId}/messages`, query);
}

export async function messageIds(who: Person, threadId: string, query?: Query): Promise<string[]> {
  return (await messagesOf(who, threadId, query)).map(({ id }) => id);
}

/** Unread messages, and threads that hold one. */
export async function unreadOf(who: Person): Promise<{ count: number; threads: number }> {
  return got(await call<{ count: number; threads: number }>(who, 'GET', '/convos/unread-count'));
}

/** Does what takes no body and answers 200 or 204; throws on anything else. */
async function act(who: Person, method: string, path: string, expected: number): Promise<void> {
  const { status, body } = await call(who, method, path);
  if (status !== expected) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
}

export const readMessage = (who: Person, id: string) =>
  act(who, 'POST', `/messages/${id}/read`, 200);
export const unreadMessage = (who: Person, id: string) =>
  act(who, 'POST', `/messages/${id}/unread`, 200);
export const deleteMessage = (who: Person, id: string) =>
  act(who, 'DELETE', `/messages/${id}`, 204);
export const readThread = (who: Person, id: string) => act(who, 'POST', `/threads/${id}/read`, 200);
export const deleteThread = (who: Person, id: string) => act(who, 'DELETE', `/threads/${id}`, 204);
export const block = (who: Person, { ref }: Pick<Person, 'ref'>) =>
  act(who, 'PUT', `/convos/blocks/${ref}`, 200);
export const unblock = (who: Person, { ref }: Pick<Person, 'ref'>) =>
  act(who, 'DELETE', `/convos/blocks/${ref}`, 204);
export const blocksOf = (who: Person, query?: Query) => walk<Block>(who, '/convos/blocks', query);
