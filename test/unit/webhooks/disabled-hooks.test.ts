import { beforeEach, describe, expect, test } from '@jest/globals';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import type { DeliveryMode, Hook } from '../../../lambdas/webhooks/hook.ts';
import { healthy } from '../../../lambdas/webhooks/hook-rows.ts';
import { countExhausted, makePost } from '../../../lambdas/webhooks/make-post.ts';
import type { HookState, PostParts } from '../../../lambdas/webhooks/make-post.ts';
import { faultsAt } from '../../support/faulty.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';

const dayMs = 86_400_000;
const post = { id: 'evt_1', body: '{}', reserved: false };
let app: WebhooksApp;
beforeEach(() => {
  app = new WebhooksApp();
});

const stateOf = async (hook: Hook): Promise<HookState> => {
  const state = await app.hooks.readWithHealth(hook.ulid);
  if (!state) throw new Error('it is there');
  return state;
};
const answering = (status: number) => {
  app.receivers.set('https://example.org/webhooks', () => answers.refused(status));
};
const failedAgain = async (hook: Hook, parts: PostParts = app.parts()) => {
  const outcome = await makePost(parts, await stateOf(hook), post);
  if (outcome.outcome !== 'posted') throw new Error('it was posted');
  return outcome;
};

describe('a failure as late as that of disabling', () => {
  test('only warns when no earlier one has, even if its delivery is exhausted with it', async () => {
    answering(500);
    const hook = await app.hook();
    await failedAgain(hook);
    app.clock.advanceTo(app.clock.now() + 6 * dayMs);
    const second = await failedAgain(hook);
    expect(second).not.toHaveProperty('disabled', 'failing');
    if (!second.state) throw new Error('the hook is there');
    await countExhausted(app.parts(), second.state, 1);
    expect(await app.health(hook)).toMatchObject({ warned: true, exhausted: 1 });
    expect(await app.now(hook)).toMatchObject({ enabled: true });
    expect(await failedAgain(hook)).toMatchObject({ disabled: 'failing' });
    expect(await app.now(hook)).toMatchObject({ enabled: false, disabledReason: 'failing' });
  });

  test('of several at the same moment only warns', async () => {
    answering(500);
    const hook = await app.hook();
    await failedAgain(hook);
    app.clock.advanceTo(app.clock.now() + 6 * dayMs);
    await Promise.all([failedAgain(hook), failedAgain(hook), failedAgain(hook)]);
    expect(await app.health(hook)).toMatchObject({ warned: true });
    expect(await app.now(hook)).toMatchObject({ enabled: true });
  });
});

const settle = ({ ulid: hook }: Hook) => ({ kind: 'settle', hook });
const lanes: DeliveryMode[] = [
  { mode: 'each', ordered: true },
  { mode: 'batch', size: 5 },
];

describe('the lane of an endpoint that the post worker disables', () => {
  test.each(lanes)('is told of a 410, in the mode %j', async (delivery) => {
    answering(410);
    const hook = await app.hook({ delivery });
    expect(await failedAgain(hook)).toMatchObject({ disabled: 'gone' });
    expect(app.laneJobs).toEqual([settle(hook)]);
  });

  test('is told of too many failures', async () => {
    answering(500);
    const hook = await app.hook({ delivery: { mode: 'batch', time: 60 } });
    const state = await stateOf(hook);
    const health = { ...healthy, exhausted: 99, warned: true, failingSince: app.clock.now() };
    await app.hooks.saveHealth(hook, health);
    await countExhausted(app.parts(), { ...state, health: { ...health, version: 1 } }, 1);
    expect(app.laneJobs).toEqual([settle(hook)]);
  });

  test('is told of it also where the answer to the disabling was lost', async () => {
    answering(410);
    const hook = await app.hook({ delivery: { mode: 'batch', size: 5 } });
    const fault = { kind: 'answer lost', error: new TransientError('lost') } as const;
    await failedAgain(hook, app.parts(faultsAt({ replace: { 1: fault } })));
    expect(await app.now(hook)).toMatchObject({ enabled: false, epoch: 1 });
    expect(app.laneJobs).toEqual([settle(hook)]);
  });

  test('is not told where there is none, and not by the lane worker itself', async () => {
    answering(410);
    await failedAgain(await app.hook());
    const { lanes: _lanes, ...ofLane } = app.parts();
    await failedAgain(await app.hook({ delivery: { mode: 'batch', size: 5 } }), ofLane);
    expect(app.laneJobs).toEqual([]);
  });
});
