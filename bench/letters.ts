import * as z from 'zod';
import type { HttpHandler } from '../lambdas/shared/http/api-handler.ts';
import { answered } from './answered.ts';
import { newLetter, subOf } from './sample.ts';
import type { Letter } from './sample.ts';

const sentSchema = z
  .object({
    id: z.templateLiteral(['msg_', z.ulid()]),
    threadId: z.templateLiteral(['thr_', z.ulid()]),
  })
  .transform((sent) => ({ ...sent, ulid: sent.id.slice(4), thread: sent.threadId.slice(4) }));

/** A message that was sent. */
export type Sent = z.output<typeof sentSchema>;

/** Header of a request that may be repeated. */
export interface Keyed {
  'idempotency-key': string;
}

/** Starts a thread through the API. */
export async function write(
  api: HttpHandler,
  { from, to, letter = newLetter() }: { from: string; to: string; letter?: Letter },
  headers?: Keyed,
): Promise<Sent> {
  const answer = await answered(api, 201, {
    method: 'POST',
    url: '/v1/messages',
    sub: subOf(from),
    body: { recipient: to, ...letter },
    ...(headers && { headers: { ...headers } }),
  });
  return sentSchema.parse(answer);
}

/** Replies in a thread through the API. */
export async function reply(
  api: HttpHandler,
  { from, threadId, letter }: { from: string; threadId: string; letter?: Pick<Letter, 'body'> },
  headers?: Keyed,
): Promise<Sent> {
  const { body } = letter ?? newLetter();
  const answer = await answered(api, 201, {
    method: 'POST',
    url: `/v1/threads/${threadId}/messages`,
    sub: subOf(from),
    body: { body },
    ...(headers && { headers: { ...headers } }),
  });
  return sentSchema.parse(answer);
}

/**
 * A thread of two with so many messages, by turns: from two on each has received and sent. Answers them,
 * oldest first.
 */
export async function converse(
  api: HttpHandler,
  [one, other]: readonly [string, string],
  messages: number,
  letter: Letter = newLetter(),
): Promise<[Sent, ...Sent[]]> {
  const first = await write(api, { from: one, to: other, letter });
  const sent: [Sent, ...Sent[]] = [first];
  for (let count = 1; count < messages; count++) {
    const from = count % 2 === 0 ? one : other;
    sent.push(await reply(api, { from, threadId: first.threadId, letter }));
  }
  return sent;
}
