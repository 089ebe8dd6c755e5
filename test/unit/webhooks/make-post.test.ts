import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { healthy } from '../../../lambdas/webhooks/hook-rows.ts';
import { makePost } from '../../../lambdas/webhooks/make-post.ts';
import type { HookState } from '../../../lambdas/webhooks/make-post.ts';
import type { Poster } from '../../../lambdas/webhooks/poster.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';

const target = 'https://example.org/webhooks';
const post = { id: 'evt_1', body: '{}', reserved: false };

let app: WebhooksApp;
beforeEach(() => {
  app = new WebhooksApp();
});

async function stateOf({ ulid }: Hook): Promise<HookState> {
  const state = await app.hooks.readWithHealth(ulid);
  if (!state) throw new Error('it is there');
  return state;
}

/** A hook after five time-outs in a row, whose circuit may be probed now. */
async function toProbe(more: Partial<Hook> = {}): Promise<Hook> {
  const hook = await app.hook(more);
  const openUntil = app.clock.now();
  await app.hooks.saveHealth(hook, { ...healthy, failingSince: openUntil, timeouts: 5, openUntil });
  return hook;
}

/** Parts by which a post is made while another process does this. */
function during(other: () => Promise<unknown>) {
  const parts = app.parts();
  const poster: Poster = {
    post: async (one) => {
      await other();
      return parts.poster.post(one);
    },
  };
  return { ...parts, poster };
}

describe('a probe that times out', () => {
  test('opens the circuit for longer', async () => {
    const hook = await toProbe();
    app.receivers.set(target, () => answers.failing('timeout'));
    await makePost(app.parts(), await stateOf(hook), post);
    const openUntil = app.clock.now() + 10_000;
    expect(await app.health(hook)).toMatchObject({ timeouts: 6, openUntil });
  });

  test('says nothing new once another one has taken its place', async () => {
    const hook = await toProbe();
    const openUntil = app.clock.now() + 90_000;
    app.receivers.set(target, () => answers.failing('timeout'));
    const parts = during(async () => {
      const { health } = await stateOf(hook);
      await app.hooks.saveHealth(hook, { ...health, openUntil });
    });
    await makePost(parts, await stateOf(hook), post);
    expect(await app.health(hook)).toMatchObject({ timeouts: 5, openUntil });
  });
});

test.each([
  ['with a rate limit keeps its turn', { perSecond: 5 }, true],
  ['without one has none', null, false],
])('who loses the probe of an endpoint %s', async (_what, rateLimit, reserved) => {
  const hook = await toProbe({ rateLimit });
  const read = await stateOf(hook);
  await makePost(app.parts(), read, post);
  const lost = await makePost(app.parts(), read, post);
  expect(lost).toMatchObject({ outcome: 'deferred', reserved });
  expect(app.posts).toHaveLength(1);
});

test('a 410 of the old target does not disable an endpoint that has just moved', async () => {
  const hook = await app.hook();
  const moved = 'https://moved.example.org/webhooks';
  app.receivers.set(target, () => answers.refused(410));
  const parts = during(async () => app.hooks.replace({ ...(await app.now(hook)), target: moved }));
  const gone = await makePost(parts, await stateOf(hook), post);
  expect(gone).toMatchObject({ outcome: 'posted', posted: { attempt: { status: 410 } } });
  expect(gone).not.toHaveProperty('disabled');
  expect(await app.now(hook)).toMatchObject({ enabled: true, epoch: 0, target: moved });
});
