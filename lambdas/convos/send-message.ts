import { ForbiddenError, LimitError } from '../shared/errors.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { BlockStore } from './block-store.ts';
import type { ConvoStore, SendWrite, UserState } from './convo-store.ts';
import { excerptOf } from './message-text.ts';
import { nextUlid } from './message.ts';
import type { WholeMessage } from './message.ts';
import { ownSide } from './own-side.ts';
import { noncesOfKey, requestHashOf, sentBefore } from './sent-before.ts';
import type { SendRequest } from './sent-before.ts';
import { emptySide, withMessage } from './thread-side.ts';
import type { MessageCopy, ThreadSide } from './thread-side.ts';

export interface SendingParts {
  store: ConvoStore;
  blocks: Pick<BlockStore, 'lookBeforeSending'>;
  pace: Pace;
  /** A new random part of a ULID, 16 characters. */
  newNonce: () => string;
  newThreadsPerHour: number;
}

/** Two users, what one writes to the other, and what they have of the thread so far. */
interface Draft {
  sender: string;
  recipient: string;
  subject: string;
  body: string;
  /** Absent: a new thread. */
  replyTo?: { thread: string; side: ThreadSide; recipientSide: ThreadSide | undefined };
  recipientState: UserState;
}

const hourMs = 3_600_000;

/**
 * Writes to a user; it always starts a thread. One transaction, so it is sent or it is not; with an
 * Idempotency-Key a repeat gives what was sent first.
 *
 * @throws ForbiddenError when either blocks the other, LimitError when the sender has started too many
 *   threads in this clock hour (refused and repeated requests don't count), ConflictError when the key
 *   was used with another body, TransientError when others kept it from happening.
 */
export async function startThread(
  parts: SendingParts,
  letter: { sender: string; recipient: string; subject: string; body: string },
  request: SendRequest,
): Promise<WholeMessage> {
  const { recipient, subject, body } = letter;
  return send(parts, { request, asked: [recipient, subject, body], body }, async () => ({
    ...letter,
    recipientState: await parts.store.state(recipient),
  }));
}

/**
 * Replies in a thread, whose other participant and subject it takes. Sides that deleted the thread get
 * it back with this message alone.
 *
 * @throws NotFoundError when the sender takes no part in such a thread; the rest as `startThread`,
 *   but that replies are not limited.
 */
export async function replyToThread(
  parts: SendingParts,
  reply: { sender: string; thread: string | undefined; body: string },
  request: SendRequest,
): Promise<WholeMessage> {
  const { sender, body } = reply;
  const { store } = parts;
  return send(parts, { request, asked: [body], body }, async () => {
    const side = await ownSide(store, sender, reply.thread);
    const { other: recipient, subject, thread } = side;
    const { side: recipientSide, state } = await store.sideAndState(recipient, thread);
    const replyTo = { thread, side, recipientSide };
    return { sender, recipient, subject, body, replyTo, recipientState: state };
  });
}

async function send(
  parts: SendingParts,
  what: { request: SendRequest; asked: readonly string[]; body: string },
  prepare: () => Promise<Draft>,
): Promise<WholeMessage> {
  const { store, pace } = parts;
  const { request, body } = what;
  const hasKey = request.idempotencyKey !== undefined;
  const requestHash = requestHashOf(what.asked);
  const ownNonce = parts.newNonce();
  // Without a key nothing can have been sent under a new nonce before the first try.
  let mayBeSentBefore = hasKey;
  return persist(pace, async () => {
    const nowMs = pace.now();
    const draft = await prepare();
    const { sender, recipient, subject } = draft;
    const nonces = hasKey ? noncesOfKey(request, nowMs) : { send: ownNonce, lookUp: [ownNonce] };
    const { blocked, blockChanges } = await blocksBetween(parts, draft);
    // After the look for blocks: of what was sent before the block, no repeat is refused.
    const look = { nonces, requestHash, nowMs };
    const { sent, unlessSent } = mayBeSentBefore ? await sentBefore(store, request, look) : {};
    if (sent) return { ulid: sent.ulid, thread: sent.thread, sender, recipient, subject, body };
    if (blocked) throw keptApart(recipient);
    mayBeSentBefore = true;
    const hash = hasKey ? requestHash : undefined;
    const about = { nowMs, nonce: nonces.send, unlessSent, requestHash: hash, blockChanges };
    const write = writeOf(parts, draft, about);
    const outcome = await store.send(write);
    if (outcome === 'limit') throw tooManyThreads(parts.newThreadsPerHour, nowMs);
    return outcome === 'sent' ? { ...write.message, body } : undefined;
  });
}

/**
 * Whether a block keeps the two apart, and the recipient's `blockChanges`: while it stands, so does the
 * answer. Of most users no block was ever heard, which their state alone tells.
 */
async function blocksBetween(
  { blocks }: SendingParts,
  { sender, recipient, recipientState }: Draft,
): Promise<{ blocked: boolean; blockChanges: number }> {
  if (recipientState.blockChanges === 0) return { blocked: false, blockChanges: 0 };
  return blocks.lookBeforeSending(sender, recipient);
}

function writeOf(
  { newThreadsPerHour }: SendingParts,
  { sender, recipient, subject, body, replyTo }: Draft,
  about: {
    nowMs: number;
    nonce: string;
    unlessSent: string | undefined;
    requestHash: string | undefined;
    blockChanges: number;
  },
): SendWrite {
  const { nowMs, nonce, unlessSent, requestHash, blockChanges } = about;
  const { side, recipientSide } = replyTo ?? {};
  const ulid = nextUlid(nowMs, nonce, latest(side, recipientSide));
  const thread = replyTo?.thread ?? ulid;
  const shared = { thread, ulid, excerpt: excerptOf(body), bytes: bytesInAnswer(body) };
  const sent: MessageCopy = { ...shared, owner: sender, other: recipient, isSent: true };
  const got: MessageCopy = { ...shared, owner: recipient, other: sender, isSent: false };
  const sideFor = ({ owner, other }: MessageCopy) =>
    emptySide({ owner, other, thread, subject, last: ulid });
  const hour = Math.floor(nowMs / hourMs);
  return {
    message: { ulid, thread, sender, recipient, subject, body, requestHash },
    sender: { before: side, after: withMessage(side ?? sideFor(sent), sent) },
    recipient: { before: recipientSide, after: withMessage(recipientSide ?? sideFor(got), got) },
    copies: [sent, got],
    blockChanges,
    unlessSent,
    ...(!replyTo && {
      newThread: {
        hour,
        limit: newThreadsPerHour,
        expiresAtSeconds: ((hour + 2) * hourMs) / 1000,
      },
    }),
  };
}

/** The latest message that either side has had or deleted: the new one comes after it. */
function latest(...sides: readonly (ThreadSide | undefined)[]): string | undefined {
  return sides
    .flatMap((side) => (side ? [side.last, side.cleared ?? ''] : []))
    .toSorted()
    .at(-1);
}

/** Bytes of a text in what a function answers: JSON, as text of a JSON. */
function bytesInAnswer(body: string): number {
  return Buffer.byteLength(JSON.stringify(JSON.stringify(body)));
}

function tooManyThreads(limit: number, nowMs: number): LimitError {
  const seconds = Math.max(1, Math.ceil((hourMs - (nowMs % hourMs)) / 1000));
  return new LimitError(
    `You may start ${limit} new ${limit === 1 ? 'thread' : 'threads'} an hour. Replies are not limited.`,
    seconds,
  );
}

function keptApart(recipient: string): ForbiddenError {
  return new ForbiddenError(`A block keeps you and ${recipient} from writing to each other.`);
}
