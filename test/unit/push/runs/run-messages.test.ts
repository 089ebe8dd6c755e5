import { describe, expect, test } from '@jest/globals';
import { keptMessages } from '../../../../lambdas/push/runs/run-messages.ts';

describe('messages of a run', () => {
  test('stay as they are while they are few and short', () => {
    expect(keptMessages([])).toEqual([]);
    expect(keptMessages(['a', '', 'x'.repeat(1_000)])).toEqual(['a', '', 'x'.repeat(1_000)]);
  });

  test('are the newest 500', () => {
    const many = Array.from({ length: 501 }, (_none, place) => String(place));
    expect(keptMessages(many)).toEqual(many.slice(1));
  });

  test('are cut where they are longer than 1,000 characters, and show that', () => {
    expect(keptMessages(['x'.repeat(1_001)])).toEqual([`${'x'.repeat(997)}...`]);
  });

  test('are never cut in the middle of a character', () => {
    const [cut = ''] = keptMessages([`${'x'.repeat(996)}\u{1F600}${'y'.repeat(10)}`]);
    expect(cut).toBe(`${'x'.repeat(996)}...`);
    expect(cut.isWellFormed()).toBe(true);
  });

  test('fit into an item whatever alphabet they are in, the newest first', () => {
    const many = Array.from(
      { length: 500 },
      (_none, place) => `${'€'.repeat(990)} ${String(place)}`,
    );
    const kept = keptMessages(many);
    expect(Buffer.byteLength(kept.join(''))).toBeLessThanOrEqual(200_000);
    expect(Buffer.byteLength(kept.join(''))).toBeGreaterThan(190_000);
    expect(kept).toEqual(many.slice(-kept.length));
  });
});
