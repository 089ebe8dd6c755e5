import { hookRow } from '../../lambdas/webhooks/hook-rows.ts';
import { keys } from '../../lambdas/webhooks/contract.ts';
import type { LaneJob, PostJob, UpkeepJob } from '../../lambdas/webhooks/contract.ts';
import { deliveryUlid } from '../../lambdas/webhooks/delivery.ts';
import { randomUlid } from '../../lambdas/shared/identifier.ts';
import { streamRecords } from '../../test/support/dynamodb-stream-record.ts';
import { newHook } from '../../test/support/webhook-hooks.ts';
import { newResource } from '../sample.ts';
import { get, jobMessage, records } from './sample-call.ts';
import type { Samples } from './sample-call.ts';

const hook = randomUlid(Date.now());

/** Work about webhooks that are gone: nothing is posted, and nothing follows. */
const jobs = {
  post: {
    kind: 'post',
    hook,
    delivery: deliveryUlid(hook, { id: 'event-1', type: 'follow.created', atMs: Date.now() }),
    tries: 0,
  } satisfies PostJob,
  lane: { kind: 'settle', hook } satisfies LaneJob,
  upkeep: { kind: 'sweep', hook } satisfies UpkeepJob,
};

/** Of the functions of webhooks, by their names. */
export const webhookSamples: Readonly<Record<string, Samples>> = {
  WebhooksApi: {
    withoutIo: get('/v1/hooks?limit=0', 400),
    fromTable: get('/v1/hooks', 200),
  },
  WebhooksMatcher: { fromTable: records([jobMessage(eventForNobody())], 0) },
  WebhooksPost: { fromTable: records([jobMessage(jobs.post)], 0) },
  WebhooksLane: { fromTable: records([jobMessage(jobs.lane, hook)], 0) },
  WebhooksDue: { fromTable: { kind: 'schedule', answer: 0 } },
  WebhooksRelay: { withoutIo: records(hookThatChanged(), 0) },
  WebhooksUpkeep: { fromTable: records([jobMessage(jobs.upkeep)], 0) },
};

/** As the bus hands it to the matcher's queue. */
function eventForNobody() {
  const follower = newResource();
  const followed = newResource();
  return {
    id: 'event-1',
    source: 'sequitur',
    'detail-type': 'follow.created',
    time: new Date().toISOString(),
    detail: {
      id: `evt_${randomUlid(Date.now())}`,
      type: 'follow.created',
      at: new Date().toISOString(),
      audience: [follower, followed],
      data: { follower, followed },
    },
  };
}

/** A change that no event follows from: those need a bus. */
function hookThatChanged(): unknown[] {
  const before = newHook();
  return streamRecords([
    {
      keys: keys.hook(before.ulid),
      before: hookRow(before),
      after: hookRow({ ...before, description: 'Tells the editors', version: 1 }),
      atMs: Date.now(),
    },
  ]);
}
