import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import { startReceiver } from '../receiver.ts';
import type { ReceivedPost, Receiver, Script } from '../receiver.ts';
import { eventually } from './eventually.ts';

/** The body of a post of one event. */
export interface PostedEvent {
  id: string;
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}

const receivers: Receiver[] = [];

/** A receiver of this test file, which answers 200 until it is told otherwise. */
export async function newReceiver(
  script?: Script,
  options: Omit<NonNullable<Parameters<typeof startReceiver>[0]>, 'script'> = {},
): Promise<Receiver> {
  const receiver = await startReceiver({ ...options, ...(script && { script }) });
  receivers.push(receiver);
  return receiver;
}

export async function endReceivers(): Promise<void> {
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
}

/** A port of 127.0.0.1 where nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The posts, once there are so many at least. */
export async function posted(receiver: Receiver, count: number): Promise<readonly ReceivedPost[]> {
  await eventually(async () => {
    const { length } = receiver.posts;
    if (length < count) throw new Error(`${length} posts of ${count} have come`);
    return Promise.resolve();
  });
  return receiver.posts;
}

/** The only post, once it is there. */
export async function postedOnce(receiver: Receiver): Promise<ReceivedPost> {
  const [post, ...others] = await posted(receiver, 1);
  if (!post || others.length > 0) throw new Error(`${others.length + 1} posts, not one`);
  return post;
}

/** `webhook-id` of each post, oldest first. */
export function idsOf({ posts }: Pick<Receiver, 'posts'>): string[] {
  return posts.map(({ headers }) => headers['webhook-id'] ?? '');
}

/**
 * The event of a post, once its signature has been verified as a receiver would, with the library of
 * Standard Webhooks.
 * @throws WebhookVerificationError when it was not signed by that secret.
 */
export function verified(post: SignedPost, secret: string): PostedEvent {
  return verifiedBody(post, secret) as PostedEvent;
}

/** The events of a batch's post, verified like that. */
export function verifiedBatch(post: SignedPost, secret: string): PostedEvent[] {
  return verifiedBody(post, secret) as PostedEvent[];
}

type SignedPost = Pick<ReceivedPost, 'body' | 'headers'>;

function verifiedBody({ body, headers }: SignedPost, secret: string): unknown {
  return new Webhook(secret).verify(body, headers);
}

/** Whether a post was signed by that secret, possibly among others. */
export function isSignedBy(post: ReceivedPost, secret: string): boolean {
  try {
    verified(post, secret);
    return true;
  } catch {
    return false;
  }
}

export function signaturesOf({ headers }: ReceivedPost): string[] {
  return headers['webhook-signature']?.split(' ') ?? [];
}
