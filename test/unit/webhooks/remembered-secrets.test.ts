import { expect, test } from '@jest/globals';
import { rememberedSecrets } from '../../../lambdas/webhooks/remembered-secrets.ts';
import { inMemorySecretBox } from '../../support/in-memory-secret-box.ts';

/** A box that remembers, and how often it had to open something. */
function counting() {
  const box = inMemorySecretBox();
  const opened: string[] = [];
  const remembering = rememberedSecrets({
    ...box,
    open: async (sealed: string, hook: string) => {
      opened.push(hook);
      return box.open(sealed, hook);
    },
  });
  return { box: remembering, opened };
}

test('a secret is opened once for its hook, and never for another one', async () => {
  const { box, opened } = counting();
  const sealed = await box.seal('whsec_a', 'mine');
  for (let nth = 0; nth < 3; nth += 1) expect(await box.open(sealed, 'mine')).toBe('whsec_a');
  expect(opened).toEqual(['mine']);
  await expect(box.open(sealed, 'other')).rejects.toThrow('authenticate');
});

test('a secret that is sealed anew is another one', async () => {
  const { box } = counting();
  for (const secret of ['whsec_a', 'whsec_b']) {
    expect(await box.open(await box.seal(secret, 'mine'), 'mine')).toBe(secret);
  }
});

test('no more than 2,000 are remembered', async () => {
  const { box, opened } = counting();
  const first = await box.seal('whsec_a', 'mine');
  await box.open(first, 'mine');
  for (let nth = 1; nth < 2_000; nth += 1) await box.open(await box.seal('x', 'mine'), 'mine');
  await box.open(first, 'mine');
  expect(opened).toHaveLength(2_000);
  await box.open(await box.seal('x', 'mine'), 'mine');
  await box.open(first, 'mine');
  expect(opened).toHaveLength(2_002);
});
