import type { JobQueue } from '../shared/job-queue.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { LaneJob, PostJob } from './contract.ts';
import { deliveryUlid, inlinePayloadBytes } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { matchesAny } from './event-pattern.ts';
import type { Subscription } from './hook.ts';
import type { HookStore } from './hook-store.ts';
import type { WebhooksSettings } from './settings.ts';
import { payloadOf } from './webhook-event.ts';
import type { WebhookEvent } from './webhook-event.ts';

export interface MatcherParts {
  hooks: Pick<HookStore, 'subscriptions'>;
  deliveries: Pick<DeliveryStore, 'create' | 'keepPayload'>;
  posts: JobQueue<PostJob>;
  lanes: JobQueue<LaneJob>;
  settings: Pick<WebhooksSettings, 'retentionDays' | 'heldDays' | 'timeoutSeconds'>;
  pace: Pace;
}

const daySeconds = 24 * 60 * 60;

/** Days that an event's payload outlives its deliveries, which may be held later than they came. */
const payloadSpareDays = 3;

/** What a post takes beyond its time-out, until its row is stored. */
const repeatGraceSeconds = 5;

/** Rows written at the same time. */
const parallelWrites = 10;

/**
 * Takes an event to each hook that wants it: one delivery each, on record before its first post. The
 * same event again, and a repeat after a death at any point, come to the same deliveries.
 *
 * @throws TransientError when stores or queues fail for longer than the pace's patience.
 */
export async function match(parts: MatcherParts, event: WebhookEvent): Promise<void> {
  await persist(parts.pace, async () => {
    await matchOnce(parts, event);
    return 'done';
  });
}

async function matchOnce(parts: MatcherParts, event: WebhookEvent): Promise<void> {
  const { posts, lanes } = parts;
  const wanting = await subscriptionsOf(parts, event);
  const { id, type, atMs } = event;
  const payload = payloadOf(event);
  const inLane = wanting.filter((one) => one.enabled && goesByLane(one));
  const inRows = wanting.filter((one) => !inLane.includes(one));
  const { first, again } = await rowsOf(parts, inRows, event, payload);
  if (first.length > 0) await posts.send(first);
  if (again.length > 0) await posts.send(again, parts.settings.timeoutSeconds + repeatGraceSeconds);
  if (inLane.length === 0) return;
  await lanes.send(
    inLane.map(({ hook }) => ({ kind: 'take', hook, event: { id, type, atMs }, payload })),
  );
}

async function subscriptionsOf(
  { hooks }: MatcherParts,
  { audience, type }: WebhookEvent,
): Promise<Subscription[]> {
  const owners = [null, ...new Set(audience)];
  const found = await Promise.all(owners.map(async (owner) => hooks.subscriptions(owner)));
  return found.flat().filter(({ events }) => matchesAny(events, type));
}

function goesByLane({ delivery }: Subscription): boolean {
  return delivery.mode === 'batch' || delivery.ordered;
}

/**
 * Stores deliveries; gives the jobs of their first posts. `again`: of those that exist and were not
 * tried yet. The run that stored them may have died before it sent the job; or it has sent it, so that
 * this one comes when that post is made.
 */
async function rowsOf(
  { deliveries, settings, pace }: MatcherParts,
  wanting: readonly Subscription[],
  event: WebhookEvent,
  payload: string,
): Promise<{ first: PostJob[]; again: PostJob[] }> {
  const jobs = { first: new Array<PostJob>(), again: new Array<PostJob>() };
  if (wanting.length === 0) return jobs;
  const nowSeconds = Math.floor(pace.now() / 1000);
  const expiry = (days: number) => nowSeconds + days * daySeconds;
  const { retentionDays, heldDays } = settings;
  if (Buffer.byteLength(payload) > inlinePayloadBytes) {
    const days = Math.max(retentionDays, heldDays) + payloadSpareDays;
    await deliveries.keepPayload(event.id, payload, expiry(days));
  }
  for (let start = 0; start < wanting.length; start += parallelWrites) {
    const part = wanting.slice(start, start + parallelWrites).map(async (one) => {
      const delivery = deliveryOf(one, event, expiry(one.enabled ? retentionDays : heldDays));
      const { existing } = await deliveries.create(delivery, payload, true);
      const { status, tries } = existing ?? delivery;
      if (status !== 'pending' || tries > 0) return;
      const job = { kind: 'post', hook: one.hook, delivery: delivery.ulid, tries } as const;
      (existing ? jobs.again : jobs.first).push(job);
    });
    await Promise.all(part);
  }
  return jobs;
}

function deliveryOf(
  { hook, owner, target, enabled, epoch }: Subscription,
  event: WebhookEvent,
  expiresAt: number,
): Delivery {
  return {
    ulid: deliveryUlid(hook, event),
    hook,
    owner,
    target,
    event: { id: event.id, type: event.type },
    status: enabled ? 'pending' : 'held',
    tries: 0,
    step: 0,
    attempts: [],
    epoch,
    expiresAt,
    version: 0,
  };
}
