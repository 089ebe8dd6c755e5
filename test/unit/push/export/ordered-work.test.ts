import { describe, expect, test } from '@jest/globals';
import { orderedWork } from '../../../../lambdas/push/export/ordered-work.ts';

describe('ordered work', () => {
  test('gives results in the order of their beginning, not of their end', async () => {
    const first = Promise.withResolvers<string>();
    const work = orderedWork<string>(2);
    await work.begin(() => first.promise);
    await work.begin(() => Promise.resolve('second'));
    await work.begin(() => Promise.resolve('third'));
    first.resolve('first');
    expect(await work.results()).toEqual(['first', 'second', 'third']);
  });

  test('never does more at once than it may', async () => {
    let now = 0;
    let most = 0;
    const work = orderedWork<number>(3);
    for (let place = 0; place < 20; place += 1) {
      await work.begin(async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setImmediate(resolve));
        now -= 1;
        return place;
      });
    }
    expect(await work.results()).toHaveLength(20);
    expect(most).toBe(3);
  });

  test('throws what failed, and begins no more', async () => {
    const work = orderedWork<number>(1);
    await work.begin(() => Promise.reject(new Error('the disk is full')));
    let begun = false;
    const more = work.begin(() => {
      begun = true;
      return Promise.resolve(2);
    });
    await expect(more).rejects.toThrow('the disk is full');
    await expect(work.results()).rejects.toThrow('the disk is full');
    expect(begun).toBe(false);
  });
});
