import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  emptySide,
  isActive,
  isRead,
  newestOf,
  withAllRead,
  withCleared,
  withMark,
  withMessage,
  withoutMessage,
} from '../../../lambdas/convos/thread-side.ts';
import type { MessageCopy, ThreadSide } from '../../../lambdas/convos/thread-side.ts';
import { firstUlidAt, lastUlidAt } from '../../../lambdas/shared/identifier.ts';

const [amy, bob] = ['user:amy', 'user:bob'];
const thread = firstUlidAt(1);
const nothing = emptySide({ owner: amy, thread, other: bob, subject: 'Lunch?', last: thread });

const copyAt = (atMs: number, isSent: boolean): MessageCopy => ({
  owner: amy,
  thread,
  ulid: firstUlidAt(atMs),
  other: bob,
  isSent,
  excerpt: `at ${atMs}`,
  bytes: 1,
});
const got = (atMs: number) => copyAt(atMs, false);
const sent = (atMs: number) => copyAt(atMs, true);
const sideOf = (...copies: MessageCopy[]) => copies.reduce(withMessage, nothing);

describe('a message', () => {
  test('that was received counts as unread, one’s own doesn’t; both show as unread', () => {
    const received = withMessage(nothing, got(5));
    expect(received).toMatchObject({ sent: 0, received: 1, unread: 1, last: firstUlidAt(5) });
    expect(received.newest).toEqual({
      ulid: firstUlidAt(5),
      isSent: false,
      excerpt: 'at 5',
      isRead: false,
    });
    const replied = withMessage(received, sent(6));
    expect(replied).toMatchObject({ sent: 1, received: 1, unread: 1, last: firstUlidAt(6) });
    expect(replied.newest).toMatchObject({ isSent: true, isRead: false });
  });

  test('to a side whose thread was read counts alone', () => {
    const read = withAllRead(sideOf(got(1), got(2)), 9);
    expect(withMessage(read, got(3))).toMatchObject({ received: 3, unread: 1 });
  });

  test('to a side whose thread was deleted is there alone', () => {
    const back = withMessage(withCleared(sideOf(got(1), sent(2)), firstUlidAt(2)), got(3));
    expect(back).toMatchObject({ sent: 0, received: 1, unread: 1, cleared: firstUlidAt(2) });
    expect(back.newest?.ulid).toBe(firstUlidAt(3));
  });
});

describe('marking', () => {
  test('one’s own message shows and never counts', () => {
    const side = sideOf(got(1), sent(2));
    const marked = withMark(side, sent(2), true);
    expect(marked).toMatchObject({ unread: 1, newest: { isRead: true } });
    const copy = { ...sent(2), mark: { isRead: true, reads: 0 } };
    expect(withMark(marked, copy, false)).toMatchObject({ unread: 1, newest: { isRead: false } });
  });

  test('what is so already changes no count', () => {
    const side = sideOf(got(1));
    expect(withMark(side, got(1), false).unread).toBe(1);
    const read = { ...got(1), mark: { isRead: true, reads: 0 } };
    expect(withMark({ ...side, unread: 0 }, read, true).unread).toBe(0);
  });

  test('an earlier message leaves the newest as it is shown', () => {
    const side = sideOf(got(1), got(2));
    expect(withMark(side, got(1), true).newest).toEqual(side.newest);
  });

  test('counts until the whole thread is read again', () => {
    const unread = { ...got(1), mark: { isRead: false, reads: 1 } };
    expect(isRead({ reads: 1, readUpTo: firstUlidAt(1) }, unread)).toBe(false);
    expect(isRead({ reads: 2, readUpTo: firstUlidAt(1) }, unread)).toBe(true);
    const read = { ...got(2), mark: { isRead: true, reads: 1 } };
    expect(isRead({ reads: 1, readUpTo: firstUlidAt(1) }, read)).toBe(true);
    expect(isRead({ reads: 0 }, got(1))).toBe(false);
  });
});

describe('reading the whole thread', () => {
  test('notes when only if something was unread', () => {
    const first = withAllRead(sideOf(got(1)), 7);
    expect(first).toMatchObject({ unread: 0, readUpTo: firstUlidAt(1), readAt: 7, reads: 1 });
    expect(withAllRead(first, 8)).toMatchObject({ readAt: 7, reads: 2 });
    expect(withAllRead(sideOf(sent(1)), 7).readAt).toBeUndefined();
  });
});

describe('deleting', () => {
  test('a whole thread leaves who took part in it', () => {
    const side = withCleared(sideOf(got(1), sent(2)), firstUlidAt(2));
    expect(isActive(side)).toBe(false);
    expect(side).toMatchObject({ owner: amy, other: bob, subject: 'Lunch?', last: firstUlidAt(2) });
    expect(side.newest).toBeUndefined();
  });

  test('never takes back what was deleted before', () => {
    const cleared = withCleared(sideOf(got(5)), lastUlidAt(9));
    expect(withCleared(cleared, firstUlidAt(5)).cleared).toBe(lastUlidAt(9));
  });

  test('the newest message doesn’t change when the thread’s last message was', () => {
    const side = sideOf(got(1), got(2));
    const without = withoutMessage(side, got(2), newestOf(got(1), false));
    expect(without).toMatchObject({ last: firstUlidAt(2), received: 1, unread: 1 });
    expect(without.newest?.ulid).toBe(firstUlidAt(1));
  });
});

/** Messages as their owner knows them: what each of them says for itself. */
interface Known {
  copy: MessageCopy;
  isRead: boolean;
}

const operation = fc.oneof(
  fc.record({ kind: fc.constant('message' as const), isSent: fc.boolean() }),
  fc.record({ kind: fc.constant('mark' as const), pick: fc.nat(), read: fc.boolean() }),
  fc.record({ kind: fc.constant('delete' as const), pick: fc.nat() }),
  fc.record({ kind: fc.constant('read all' as const) }),
  fc.record({ kind: fc.constant('delete all' as const) }),
  /** An erasure that began while there were so many messages. */
  fc.record({ kind: fc.constant('erase' as const), at: fc.nat({ max: 30 }) }),
);

test('counts, marks and the newest message are those of the messages, after any operations', () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 30, size: 'max' }), (operations) => {
      let side: ThreadSide = nothing;
      let known: Known[] = [];
      for (const [index, one] of operations.entries()) {
        const before = side;
        const picked = 'pick' in one ? known[one.pick % known.length] : undefined;
        if ('pick' in one && !picked) continue;
        if (one.kind === 'message') {
          const copy = copyAt(index + 1, one.isSent);
          side = withMessage(side, copy);
          known.unshift({ copy, isRead: false });
        } else if (one.kind === 'read all') {
          side = withAllRead(side, index);
          for (const message of known) message.isRead = true;
        } else if (one.kind === 'delete all') {
          side = withCleared(side, side.last);
          known = [];
        } else if (one.kind === 'erase') {
          const upTo = lastUlidAt(Math.min(one.at, index));
          known = known.filter(({ copy }) => copy.ulid > upTo);
          const left = known.map(({ copy }) => copy);
          side = withCleared(side, upTo, left);
        } else if (picked && one.kind === 'mark') {
          side = withMark(side, picked.copy, one.read);
          picked.isRead = one.read;
          picked.copy = { ...picked.copy, mark: { isRead: one.read, reads: side.reads } };
        } else if (picked) {
          known = known.filter((message) => message !== picked);
          const next = known[0] && newestOf(known[0].copy, known[0].isRead);
          side = withoutMessage(side, picked.copy, next);
        }
        expect(side.version).toBe(before.version + 1);
        expect(side.last >= before.last).toBe(true);
        expectSame(side, known);
      }
    }),
    { numRuns: 300 },
  );
});

function expectSame(side: ThreadSide, known: readonly Known[]): void {
  const received = known.filter(({ copy }) => !copy.isSent);
  expect(side).toMatchObject({
    sent: known.length - received.length,
    received: received.length,
    unread: received.filter((message) => !message.isRead).length,
  });
  expect(side.newest).toEqual(known[0] && newestOf(known[0].copy, known[0].isRead));
  for (const { copy, isRead: read } of known) expect(isRead(side, copy)).toBe(read);
  for (const { copy } of known) expect(copy.ulid > (side.cleared ?? '')).toBe(true);
}
