import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isFirst,
  messageId,
  nextUlid,
  nonceOf,
  threadId,
  ulidOfMessageId,
  ulidOfThreadId,
} from '../../../lambdas/convos/message.ts';
import { firstUlidAt, lastUlidAt, ulidTime } from '../../../lambdas/shared/identifier.ts';

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const nonce = fc.string({
  unit: fc.constantFrom(...Array.from(crockford)),
  minLength: 16,
  maxLength: 16,
});
const ulid = '01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
const [lowest, highest] = ['0'.repeat(16), 'Z'.repeat(16)];

describe('the next ULID of a thread', () => {
  test('is of this moment when nothing is in its way', () => {
    expect(nextUlid(5_000, highest, undefined)).toBe(lastUlidAt(5_000));
    expect(nextUlid(5_000, lowest, lastUlidAt(4_999))).toBe(firstUlidAt(5_000));
  });

  test('stays in this millisecond when its random part is the greater one', () => {
    expect(nextUlid(5_000, highest, firstUlidAt(5_000))).toBe(lastUlidAt(5_000));
  });

  test('is a millisecond after the last one, when that is not earlier', () => {
    expect(nextUlid(5_000, lowest, lastUlidAt(5_000))).toBe(firstUlidAt(5_001));
    expect(nextUlid(5_000, lowest, firstUlidAt(5_000))).toBe(firstUlidAt(5_001));
    expect(nextUlid(5_000, highest, lastUlidAt(5_000))).toBe(lastUlidAt(5_001));
    expect(nextUlid(5_000, lowest, firstUlidAt(9_000))).toBe(firstUlidAt(9_001));
  });

  test('rises, keeps its random part, and is never of an earlier moment than now', () => {
    const moment = fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 2 ** 40 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(moment, nonce), { minLength: 1 }), (messages) => {
        let last: string | undefined;
        for (const [nowMs, random] of messages) {
          const next = nextUlid(nowMs, random, last);
          expect(last === undefined || next > last).toBe(true);
          expect(nonceOf(next)).toBe(random);
          expect(ulidTime(next)).toBeGreaterThanOrEqual(nowMs);
          const lastMs = last === undefined ? nowMs : ulidTime(last);
          expect(ulidTime(next)).toBeLessThanOrEqual(Math.max(nowMs, lastMs + 1));
          last = next;
        }
      }),
    );
  });
});

describe('ids', () => {
  test('of messages and threads carry their ULID', () => {
    expect(messageId(ulid)).toBe(`msg_${ulid}`);
    expect(threadId(ulid)).toBe(`thr_${ulid}`);
    expect(ulidOfMessageId(messageId(ulid))).toBe(ulid);
    expect(ulidOfThreadId(threadId(ulid))).toBe(ulid);
  });

  test.each([
    '',
    ulid,
    `thr_${ulid}`,
    `MSG_${ulid}`,
    `msg_${ulid.toLowerCase()}`,
    `msg_${ulid}0`,
    `msg_${ulid.slice(1)}`,
    ` msg_${ulid}`,
    `msg_${ulid}\n`,
    `msg_${ulid} `,
    `msg_8${ulid.slice(1)}`,
    `msg_${ulid.slice(0, 25)}U`,
    `msg_${ulid.slice(0, 25)}#`,
    'msg_',
    '__proto__',
  ])('%j is no message’s', (id) => {
    expect(ulidOfMessageId(id)).toBeUndefined();
  });

  test('of one kind are none of the other', () => {
    expect(ulidOfThreadId(messageId(ulid))).toBeUndefined();
    expect(ulidOfThreadId(`thr_${ulid}\n`)).toBeUndefined();
  });
});

test('a message whose ULID is the thread’s began it', () => {
  expect(isFirst({ ulid, thread: ulid })).toBe(true);
  expect(isFirst({ ulid: lastUlidAt(2 ** 47), thread: ulid })).toBe(false);
});
