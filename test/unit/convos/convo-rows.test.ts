import { describe, expect, test } from '@jest/globals';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import {
  blockOf,
  blockRow,
  copyOf,
  copyRow,
  erasureOf,
  messageOf,
  messageRow,
  sideOf,
  sideRow,
  stateOf,
} from '../../../lambdas/convos/convo-rows.ts';
import type { Row } from '../../../lambdas/convos/convo-rows.ts';
import type { MessageCopy, ThreadSide } from '../../../lambdas/convos/thread-side.ts';

const thread = '01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
const later = '01KAJ0M9Y9N3V5T7W9X1Z2B4C6';
const owner = 'user:auth0|flo';
const other = 'user:thoas';

/** As the table and its stream give it back. */
const stored = (row: Row): Row => unmarshall(marshall(row, { removeUndefinedValues: true }));

const bareSide: ThreadSide = {
  owner,
  thread,
  other,
  subject: 'Lunch?',
  last: later,
  sent: 0,
  received: 0,
  unread: 0,
  reads: 0,
  version: 1,
};
const fullSide: ThreadSide = {
  ...bareSide,
  newest: { ulid: later, isSent: false, excerpt: 'Soup', isRead: true },
  sent: 2,
  received: 3,
  unread: 1,
  readUpTo: thread,
  reads: 4,
  readAt: 1_763_720_000_000,
  cleared: thread,
  version: 17,
};
const bareCopy: MessageCopy = {
  owner,
  thread,
  ulid: later,
  other,
  isSent: true,
  excerpt: 'Soup',
  bytes: 4,
};
const fullCopy: MessageCopy = {
  ...bareCopy,
  isSent: false,
  mark: { isRead: false, reads: 2 },
  readAt: 1_763_720_000_000,
};
const message = { ulid: later, thread, sender: owner, recipient: other, subject: 'Lunch?' };
const erasure = { pk: `ER#${owner}`, sk: 'ER', erasureId: thread, removed: 3, done: false };

describe('rows of convos', () => {
  test.each([bareSide, fullSide])('a side is read as it was written', (side) => {
    expect(sideOf(stored(sideRow(side)))).toEqual(side);
  });

  test.each([
    [0, 0, []],
    [1, 0, ['outboxOf']],
    [0, 1, ['inboxOf']],
    [1, 2, ['inboxOf', 'outboxOf']],
  ])('a side with %i sent and %i received is in %j', (sent, received, expected) => {
    const row = stored(sideRow({ ...bareSide, sent, received }));
    const found = Object.keys(row).filter((name) => name.endsWith('Of'));
    expect(found.toSorted()).toEqual(expected);
    for (const name of expected) expect(row[name]).toBe(owner);
  });

  test.each([bareCopy, fullCopy])('a copy is read as it was written', (copy) => {
    expect(copyOf(stored(copyRow(copy)))).toEqual(copy);
  });

  test.each([message, { ...message, body: ' Soup\u0000 ', requestHash: 'hash' }])(
    'a message is read as it was written',
    (whole) => expect(messageOf(stored(messageRow(whole)))).toEqual(whole),
  );

  test('a message whose text is gone is still known', () => {
    const { subject: _subject, ...left } = stored(messageRow({ ...message, body: 'Soup' }));
    delete left['body'];
    expect(messageOf({ ...left, expiresAt: 1 })).toEqual({ ...message, subject: '' });
  });

  test('a block is read as it was written', () => {
    const block = { blocker: owner, blocked: other, ulid: thread };
    expect(blockOf(stored(blockRow(block)))).toEqual(block);
  });

  test('an erasure says whose it is', () => {
    const { erasureId, removed, done } = erasure;
    expect(erasureOf(erasure)).toEqual({ ref: owner, erasureId, removed, done });
  });

  test('of a state only what happened is stored', () => {
    expect(stateOf(undefined)).toEqual({ unread: 0, unreadThreads: 0, blockChanges: 0 });
    expect(stateOf({ pk: `BOX#${owner}`, sk: 'STATE', blockChanges: 2 })).toEqual({
      unread: 0,
      unreadThreads: 0,
      blockChanges: 2,
    });
  });

  test('rows of different kinds are not taken for each other', () => {
    const rows = [
      [sideOf, sideRow(fullSide)],
      [copyOf, copyRow(fullCopy)],
      [messageOf, messageRow(message)],
      [blockOf, blockRow({ blocker: owner, blocked: other, ulid: thread })],
      [erasureOf, erasure],
    ] as const;
    for (const [read] of rows) {
      for (const [, row] of rows.filter(([own]) => own !== read)) {
        expect(() => read(stored(row))).toThrow(z.ZodError);
      }
    }
  });

  test.each([
    ['a negative count', () => sideOf({ ...sideRow(fullSide), unread: -1 })],
    ['a count that is a text', () => sideOf({ ...sideRow(fullSide), unread: '1' })],
    ['a thread that is no ULID', () => sideOf({ ...sideRow(fullSide), sk: 'T#1' })],
    ['a message that is no ULID', () => copyOf({ ...copyRow(fullCopy), sk: `M#${thread}#1` })],
    ['a copy without its thread', () => copyOf({ ...copyRow(fullCopy), sk: `M#${thread}` })],
    [
      'a copy with more behind it',
      () => copyOf({ ...copyRow(fullCopy), sk: `M#${thread}#${later}#1` }),
    ],
    ['a negative state', () => stateOf({ unread: -1 })],
  ])('%s is refused', (_what, read) => {
    expect(read).toThrow(z.ZodError);
  });
});
