import { describe, expect, test } from '@jest/globals';
import { inactiveAfterMs } from '../../../lambdas/timelines/activity.ts';
import { rememberedReads } from '../../../lambdas/timelines/remembered-reads.ts';

const startMs = Date.UTC(2026, 10, 21);

/** A store of last reads that tells what it was asked. */
function setUp(most?: number) {
  const stored = new Map<string, number>();
  const asked: { owners: string[]; consistent: boolean }[] = [];
  const clock = { now: startMs };
  const lastReads = rememberedReads(
    {
      lastReads: (owners, consistent) => {
        asked.push({ owners: [...owners], consistent });
        return Promise.resolve(owners.map((owner) => stored.get(owner)));
      },
    },
    () => clock.now,
    most,
  );
  return { stored, asked, clock, lastReads };
}

describe('remembered reads', () => {
  test('answers in the order asked, from the store and from memory together', async () => {
    const { stored, asked, lastReads } = setUp();
    stored.set('user:a', startMs - 1).set('user:b', startMs - 2);
    await lastReads(['user:a'], false);

    const reads = await lastReads(['user:b', 'user:nobody', 'user:a', 'user:b'], false);

    expect(reads).toEqual([startMs - 2, undefined, startMs - 1, startMs - 2]);
    expect(asked).toEqual([
      { owners: ['user:a'], consistent: false },
      { owners: ['user:b', 'user:nobody'], consistent: false },
    ]);
  });

  test('does not ask at all when everybody has read lately', async () => {
    const { stored, asked, lastReads } = setUp();
    stored.set('user:a', startMs);
    await lastReads(['user:a'], false);

    expect(await lastReads(['user:a'], false)).toEqual([startMs]);
    expect(asked).toHaveLength(1);
  });

  test('asks again once the remembered read is no proof of activity any more', async () => {
    const { stored, clock, lastReads } = setUp();
    stored.set('user:a', startMs);
    await lastReads(['user:a'], false);
    stored.set('user:a', startMs + 5);
    clock.now = startMs + inactiveAfterMs - 1;
    expect(await lastReads(['user:a'], false)).toEqual([startMs]);

    clock.now = startMs + inactiveAfterMs;

    expect(await lastReads(['user:a'], false)).toEqual([startMs + 5]);
  });

  test('asks each time for who was away for long or never read, as consistently as it is asked', async () => {
    const { stored, asked, lastReads } = setUp();
    stored.set('user:away', startMs - inactiveAfterMs);
    await lastReads(['user:away', 'user:never'], false);

    await lastReads(['user:away', 'user:never'], true);

    expect(asked[1]).toEqual({ owners: ['user:away', 'user:never'], consistent: true });
  });

  test('forgets first whom it was asked for longest ago', async () => {
    const { stored, asked, lastReads } = setUp(2);
    for (const owner of ['user:a', 'user:b', 'user:c']) stored.set(owner, startMs);
    await lastReads(['user:a', 'user:b'], false);
    await lastReads(['user:a'], false);
    await lastReads(['user:c'], false);

    await lastReads(['user:a', 'user:c', 'user:b'], false);

    expect(asked.at(-1)?.owners).toEqual(['user:b']);
  });
});
