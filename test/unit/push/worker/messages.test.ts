import { describe, expect, test } from '@jest/globals';
import {
  attemptMessage,
  failedLine,
  messageOf,
  rowMessage,
  sentLine,
} from '../../../../lambdas/push/worker/messages.ts';

const atMs = Date.UTC(2026, 10, 21, 10, 30);
const target = { name: 'partner-sftp', url: 'sftp://files.example.org:2222/in' };

describe('a line', () => {
  test('of a file that is there', () => {
    expect(sentLine(atMs, 'medias/7.jpg')).toBe(
      "[2026-11-21T10:30:00.000Z] 'medias/7.jpg': push SUCCESS",
    );
  });

  test('of a file that is not there, with the target’s host', () => {
    expect(failedLine(atMs, 'a.xml', new Error('connection refused'), target)).toBe(
      "[2026-11-21T10:30:00.000Z] 'a.xml': push ERROR: connection refused TARGET: files.example.org",
    );
  });

  test('names a target that has no host', () => {
    const dummy = { name: 'trial', url: 'dummy://' };
    expect(failedLine(atMs, 'a.xml', new Error('no'), dummy)).toMatch(/ERROR: no TARGET: trial$/);
  });

  test('is one line whatever was thrown', () => {
    expect(messageOf(new Error('first\r\n  second\nthird'))).toBe('first second third');
    expect(messageOf('text')).toBe('text');
    expect(messageOf(new TypeError())).toBe('TypeError');
    expect(messageOf('')).toBe('failed without saying why');
  });
});

describe('a message', () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `${String(index)} ${'x'.repeat(95)}`);

  test('is whole up to 16,000 characters', () => {
    expect(rowMessage(['a'.repeat(8_000), 'b'.repeat(7_999)])).toHaveLength(16_000);
    expect(rowMessage(['a', 'b'])).toBe('a\nb');
    expect(rowMessage([])).toBe('');
  });

  test('is cut after a line, and says how many there are more', () => {
    const kept = rowMessage(lines).split('\n');
    expect(rowMessage(lines).length).toBeLessThanOrEqual(16_000);
    expect(kept.slice(0, -1)).toEqual(lines.slice(0, kept.length - 1));
    expect(kept.at(-1)).toBe(`... and ${String(1_000 - (kept.length - 1))} more lines`);
    expect(kept.length).toBeGreaterThan(150);
  });

  test('of one line that is too long is its beginning, in whole characters', () => {
    const message = rowMessage(['😀'.repeat(20_000), 'b']);
    expect(message.length).toBeLessThanOrEqual(16_000);
    expect(message.isWellFormed()).toBe(true);
    expect(message).toMatch(/^😀{1,9000}.*\n\.\.\. and 1 more lines$/u);
  });

  test('of an attempt has 1,000 characters', () => {
    expect(attemptMessage(lines).length).toBeLessThanOrEqual(1_000);
    expect(attemptMessage(['a'.repeat(1_000)])).toHaveLength(1_000);
    expect(attemptMessage(['a'.repeat(1_001)]).length).toBeLessThanOrEqual(1_000);
  });
});
