import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eraseResource, reportErasure } from '../../../lambdas/follows/erase-resource.ts';
import { countingUlids } from '../../support/follow-writing.ts';
import { InMemoryFollowStore } from '../../support/in-memory-follow-store.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const amy = 'user:amy';

function erasing() {
  const store = new InMemoryFollowStore();
  const clock = virtualClock();
  const parts = { store, now: clock.now, newUlid: countingUlids() };
  return { store, clock, start: () => eraseResource(parts, amy, ['follows', 'timelines']), parts };
}

describe('the erasure of a resource', () => {
  test('asked for again is the same one while it runs, and a new one afterwards', async () => {
    const { store, clock, start, parts } = erasing();
    const first = await start();
    clock.advance(1_000);
    expect(await start()).toEqual(first);
    await reportErasure(parts, { ...first, part: 'follows', removed: 1, done: true });
    await reportErasure(parts, { ...first, part: 'timelines', removed: 0, done: true });
    const second = await start();
    expect(second).toMatchObject({ state: 'running', startedAtMs: clock.now() });
    expect(second.erasureId).not.toBe(first.erasureId);
    expect(await store.erasure(amy)).toEqual(second);
  });

  test('is finished when the last of its parts is done, not before', async () => {
    const { store, clock, start, parts } = erasing();
    const erasure = await start();
    await reportErasure(parts, { ...erasure, part: 'timelines', removed: 9, done: true });
    expect((await store.erasure(amy))?.state).toBe('running');
    clock.advance(2_000);
    await reportErasure(parts, { ...erasure, part: 'follows', removed: 3, done: true });
    expect(await store.erasure(amy)).toMatchObject({
      state: 'done',
      finishedAtMs: clock.now(),
      parts: { follows: { removed: 3, done: true }, timelines: { removed: 9, done: true } },
    });
  });

  test('comes to the same whatever the order and number of the reports', async () => {
    const reports = [
      { part: 'timelines', removed: 10, done: false },
      { part: 'timelines', removed: 25, done: false },
      { part: 'timelines', removed: 30, done: true },
      { part: 'follows', removed: 2, done: false },
      { part: 'follows', removed: 4, done: true },
    ] as const;
    const order = fc.shuffledSubarray([...reports, ...reports], { minLength: 10 });
    await fc.assert(
      fc.asyncProperty(order, async (arriving) => {
        const { store, start, parts } = erasing();
        const erasure = await start();
        for (const report of arriving) await reportErasure(parts, { ...erasure, ...report });
        expect(await store.erasure(amy)).toMatchObject({
          state: 'done',
          parts: { follows: { removed: 4, done: true }, timelines: { removed: 30, done: true } },
        });
      }),
    );
  });

  test('ignores what is reported of an earlier one', async () => {
    const { store, start, parts } = erasing();
    const erasure = await start();
    const other = { ref: amy, erasureId: '01KAJ0M9Y8N3V5T7W9X1Z2B4C6' };
    await reportErasure(parts, { ...other, part: 'follows', removed: 4, done: true });
    expect(await store.erasure(amy)).toEqual(erasure);
  });
});
