import { beforeEach, expect, test } from '@jest/globals';
import { madeHook, ulidOf, webhookApi } from '../../support/webhook-api.ts';
import type { ToldHook, WebhookApi } from '../../support/webhook-api.ts';

let api: WebhookApi;
let hook: ToldHook;
beforeEach(async () => {
  api = webhookApi();
  hook = await madeHook(api.amy);
});

const rotate = async (overlapSeconds?: number): Promise<string> => {
  const { status, body } = await api.amy({
    method: 'POST',
    url: `/v1/hooks/${hook.id}/rotate-secret`,
    ...(overlapSeconds !== undefined && { body: { overlapSeconds } }),
  });
  expect(status).toBe(200);
  return (body as { secret: string }).secret;
};

/** Secrets that sign so many seconds from now, newest first. */
const signing = async (inSeconds = 0): Promise<string[]> => {
  const ulid = ulidOf(hook);
  const stored = (await api.hooks.read(ulid))?.secrets ?? [];
  const live = stored.filter(
    ({ endsAt = Infinity }) => endsAt > api.clock.now() + inSeconds * 1_000,
  );
  return Promise.all(live.map(async ({ sealed }) => api.secrets.open(sealed, ulid)));
};

test('the old secret signs along for a day when nothing else is asked', async () => {
  const next = await rotate();
  expect(next).toMatch(/^whsec_/);
  expect(await signing()).toEqual([next, hook.secret]);
  expect(await signing(86_399)).toEqual([next, hook.secret]);
  expect(await signing(86_400)).toEqual([next]);
  api.clock.advance(86_400_000);
  const last = await rotate();
  expect(await signing()).toEqual([last, next]);
});

test('an overlap of nothing ends all old ones at once', async () => {
  await rotate(1_000);
  const next = await rotate(0);
  expect(await signing()).toEqual([next]);
});

test('a later rotation lengthens no overlap, and can shorten it', async () => {
  const second = await rotate(60);
  const third = await rotate(1_000);
  expect(await signing(59)).toEqual([third, second, hook.secret]);
  expect(await signing(60)).toEqual([third, second]);
  expect(await signing(1_000)).toEqual([third]);
  const fourth = await rotate(10);
  expect(await signing(9)).toEqual([fourth, third, second]);
  expect(await signing(10)).toEqual([fourth]);
});

test('three sign at most: the oldest goes', async () => {
  const made = [hook.secret];
  for (let times = 0; times < 5; times++) made.unshift(await rotate(10_000));
  expect(await signing()).toEqual(made.slice(0, 3));
});

test('of rotations at once each gives a secret that signs', async () => {
  const made = await Promise.all([rotate(500), rotate(500)]);
  const live = await signing();
  expect(live).toHaveLength(3);
  expect(live).toEqual(expect.arrayContaining([...made, hook.secret]));
});

test('a rotation whose answer was lost is made once', async () => {
  const { hooks } = api;
  const replace = hooks.replace.bind(hooks);
  let lost = false;
  hooks.replace = async (changed) => {
    const outcome = await replace(changed);
    if (lost) return outcome;
    lost = true;
    return 'changed';
  };
  const next = await rotate();
  expect(await signing()).toEqual([next, hook.secret]);
});

test('secrets are stored sealed only', async () => {
  const made = [hook.secret ?? '', await rotate(), await rotate()];
  const text = JSON.stringify(api.hooks.rows);
  for (const secret of made) expect(text).not.toContain(secret.slice('whsec_'.length));
});
