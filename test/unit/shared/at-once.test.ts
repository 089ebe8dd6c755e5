import { expect, test } from '@jest/globals';
import { atOnce } from '../../../lambdas/shared/at-once.ts';

const numbers = Array.from({ length: 100 }, (_, place) => place);

test('answers come in the order of the items, whichever call ends first', async () => {
  const answers = await atOnce(numbers, async (item, place) => {
    await new Promise((resolve) => setTimeout(resolve, (item * 7) % 5));
    return `${String(item)} at ${String(place)}`;
  });
  expect(answers).toEqual(numbers.map((item) => `${String(item)} at ${String(item)}`));
});

test('after a failure no further call begins, and it throws when those under way have ended', async () => {
  let begun = 0;
  let ended = 0;
  const calls = atOnce(numbers, async (item) => {
    begun += 1;
    await new Promise((resolve) => setTimeout(resolve, item === 3 ? 1 : 20));
    ended += 1;
    if (item === 3) throw new Error('it cannot be done');
  });
  await expect(calls).rejects.toThrow('it cannot be done');
  expect(begun).toBe(16);
  expect(ended).toBe(16);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(begun).toBe(16);
});
