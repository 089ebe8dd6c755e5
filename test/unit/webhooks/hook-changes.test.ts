import { beforeEach, describe, expect, test } from '@jest/globals';
import { healthy } from '../../../lambdas/webhooks/hook-rows.ts';
import { madeHook, ulidOf, webhookApi } from '../../support/webhook-api.ts';
import type { ToldHook, WebhookApi } from '../../support/webhook-api.ts';

let api: WebhookApi;
beforeEach(() => {
  api = webhookApi();
});

const patch = async ({ id }: ToldHook, body: Record<string, unknown>) =>
  api.amy({ method: 'PATCH', url: `/v1/hooks/${id}`, body });
const stored = async (hook: ToldHook) => {
  const found = await api.hooks.read(ulidOf(hook));
  if (!found) throw new Error('it is there');
  return found;
};
const batch = { delivery: { mode: 'batch', size: 3 } };
const settle = (hook: ToldHook) => ({ kind: 'settle', hook: ulidOf(hook) });

describe('a change', () => {
  test('changes what it names and nothing else', async () => {
    const { secret: _secret, ...hook } = await madeHook(api.amy, {
      description: 'first',
      retry: { retries: 2, retryInterval: 9 },
      rateLimit: { perSecond: 3 },
    });
    const change = { target: 'https://example.org/2', events: ['*'], onExhausted: 'discard' };
    expect((await patch(hook, change)).body).toEqual({ ...hook, ...change });
    const cleared = { description: null, retry: null, rateLimit: null };
    expect((await patch(hook, cleared)).body).toEqual({ ...hook, ...change, ...cleared });
    expect((await patch(hook, {})).body).toEqual({ ...hook, ...change, ...cleared });
    expect((await stored(hook)).version).toBe(2);
    expect(api.laneJobs).toEqual([]);
  });

  test.each([
    [{ target: 'https://10.0.0.1/' }, 'body.target'],
    [{ events: ['nothing.such'] }, 'body.events.0'],
    [{ owner: 'user:bob' }, 'body.owner'],
    [{ secret: 'whsec_x' }, 'body.secret'],
  ])('like %j is refused whole', async (wrong, path) => {
    const hook = await madeHook(api.amy);
    const answer = await patch(hook, { description: 'x', ...wrong });
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ path }] });
    expect(await stored(hook)).toMatchObject({ version: 0, description: null });
  });

  test('of different fields at once is made with all of them', async () => {
    const hook = await madeHook(api.amy);
    const changes: Record<string, unknown>[] = [
      { description: 'x' },
      { enabled: false },
      { target: 'https://example.org/2' },
      { rateLimit: { perSecond: 2 } },
    ];
    const answers = await Promise.all(changes.map(async (one) => patch(hook, one)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await stored(hook)).toMatchObject(Object.assign({ epoch: 1 }, ...changes) as object);
  });

  test('and a deletion at once leave no endpoint', async () => {
    const hook = await madeHook(api.amy);
    const url = `/v1/hooks/${hook.id}`;
    const [deleted, changed] = await Promise.all([
      api.amy({ method: 'DELETE', url }),
      patch(hook, { description: 'x' }),
    ]);
    expect(deleted.status).toBe(204);
    expect([200, 404]).toContain(changed.status);
    expect((await api.amy({ method: 'GET', url })).status).toBe(404);
    expect(api.hooks.rows).toHaveLength(1);
  });
});

describe('disabling', () => {
  test('tells why and raises the epoch, once; enabling takes the reason away', async () => {
    const hook = await madeHook(api.amy);
    const { body } = await patch(hook, { enabled: false });
    expect(body).toMatchObject({ enabled: false, disabledReason: 'manual' });
    await patch(hook, { enabled: false });
    expect((await stored(hook)).epoch).toBe(1);
    const enabled = await patch(hook, { enabled: true });
    expect(enabled.body).toMatchObject({ enabled: true });
    expect(enabled.body).not.toHaveProperty('disabledReason');
    expect((await stored(hook)).epoch).toBe(1);
    await patch(hook, { enabled: false });
    expect((await stored(hook)).epoch).toBe(2);
  });

  test('what is disabled already keeps its reason', async () => {
    const hook = await madeHook(api.amy);
    const gone = { ...(await stored(hook)), enabled: false, disabledReason: 'gone' as const };
    await api.hooks.replace({ ...gone, epoch: 1 });
    expect((await patch(hook, { enabled: false })).body).toMatchObject({ disabledReason: 'gone' });
    expect((await patch(hook, { description: 'x' })).body).toMatchObject({
      disabledReason: 'gone',
    });
    expect((await stored(hook)).epoch).toBe(1);
  });

  test.each([
    ['enabled again', { enabled: true }],
    ['given another target', { target: 'https://example.org/2' }],
  ])('an endpoint that is %s begins anew with its health', async (_what, change) => {
    const hook = await madeHook(api.amy);
    const failing = { ...healthy, exhausted: 100, failingSince: 5, warned: true };
    await api.hooks.saveHealth(await stored(hook), failing);
    await patch(hook, { enabled: false });
    const health = async () => (await api.hooks.readWithHealth(ulidOf(hook)))?.health;
    expect(await health()).toEqual({ ...failing, version: 1 });
    await patch(hook, change);
    expect(await health()).toEqual({ ...healthy, version: 2 });
  });
});

describe('a lane is told to settle', () => {
  test('by disabling, enabling, a change of mode, and deletion', async () => {
    const hook = await madeHook(api.amy, batch);
    expect(api.laneJobs).toEqual([]);
    await patch(hook, { description: 'x' });
    expect(api.laneJobs).toEqual([]);
    await patch(hook, { enabled: false });
    expect(api.laneJobs).toEqual([settle(hook)]);
    await patch(hook, { enabled: true });
    expect(api.laneJobs).toEqual([settle(hook), settle(hook)]);
    await patch(hook, { delivery: { mode: 'each' } });
    expect(api.laneJobs).toEqual([settle(hook), settle(hook), settle(hook)]);
    const ordered = await madeHook(api.amy, { delivery: { mode: 'each', ordered: true } });
    await api.amy({ method: 'DELETE', url: `/v1/hooks/${ordered.id}` });
    expect(api.laneJobs.at(-1)).toEqual(settle(ordered));
  });

  test('again by the same change, whose first try may have died in between', async () => {
    const hook = await madeHook(api.amy, batch);
    for (const change of [{ delivery: { mode: 'each' } }, { delivery: { mode: 'each' } }]) {
      await patch(hook, change);
    }
    expect(api.laneJobs).toEqual([settle(hook), settle(hook)]);
  });

  test('not where nothing ever waits', async () => {
    const hook = await madeHook(api.amy);
    await patch(hook, { enabled: false });
    await patch(hook, { enabled: true });
    await api.amy({ method: 'DELETE', url: `/v1/hooks/${hook.id}` });
    expect(api.laneJobs).toEqual([]);
  });
});

test('a deletion whose answer was lost is one', async () => {
  const hook = await madeHook(api.amy, batch);
  const { hooks } = api;
  const remove = hooks.remove.bind(hooks);
  let lost = false;
  hooks.remove = async (one) => {
    const outcome = await remove(one);
    if (lost) return outcome;
    lost = true;
    return 'changed';
  };
  const url = `/v1/hooks/${hook.id}`;
  expect((await api.amy({ method: 'DELETE', url })).status).toBe(204);
  expect(api.laneJobs).toEqual([settle(hook)]);
  expect((await api.amy({ method: 'DELETE', url })).status).toBe(404);
});
