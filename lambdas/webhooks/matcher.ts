import { TransientError } from '../shared/errors.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { LaneJob, PostJob } from './contract.ts';
import { deliveryUlid, inlinePayloadBytes, payloadSpareDays } from './delivery.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { matchesAny } from './event-pattern.ts';
import type { Subscription } from './hook.ts';
import type { HookStore } from './hook-store.ts';
import type { WebhooksSettings } from './settings.ts';
import { payloadOf } from './webhook-event.ts';
import type { WebhookEvent } from './webhook-event.ts';
import { expiryAfter } from './expiry.ts';

export interface MatcherParts {
  hooks: Pick<HookStore, 'subscriptions'>;
  deliveries: Pick<DeliveryStore, 'create' | 'keepPayload'>;
  posts: JobQueue<PostJob>;
  lanes: JobQueue<LaneJob>;
  settings: Pick<WebhooksSettings, 'retentionDays' | 'heldDays' | 'timeoutSeconds'>;
  pace: Pace;
}

/** What a post takes beyond its time-out, until its row is stored. */
const repeatGraceSeconds = 5;

/** Rows written at the same time. */
const parallelWrites = 10;

/**
 * Takes an event to each hook that wants it: one delivery each, on record before its first post. The
 * same event again, and a repeat after a death at any point, come to the same deliveries. A hook whose
 * delivery cannot be stored keeps no other one from its own.
 *
 * @throws TransientError when stores or queues fail for longer than the pace's patience.
 */
export async function match(parts: MatcherParts, event: WebhookEvent): Promise<void> {
  const { found } = await persist(parts.pace, async () => ({
    found: await subscriptionsOf(parts, event),
  }));
  const payload = payloadOf(event);
  const [inLane, inRows] = parted(found, (one) => one.enabled && goesByLane(one));
  await allSettled([byLane(parts, inLane, event, payload), byRows(parts, inRows, event, payload)]);
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

/** Hands an event over to lanes: all at once, or, where that fails, to each by itself. */
async function byLane(
  { lanes, pace }: MatcherParts,
  wanting: readonly Subscription[],
  { id, type, atMs }: WebhookEvent,
  payload: string,
): Promise<void> {
  if (wanting.length === 0) return;
  const event = { id, type, atMs };
  const jobs = wanting.map(({ hook }): LaneJob => ({ kind: 'take', hook, event, payload }));
  let left: readonly (readonly LaneJob[])[] = [jobs];
  await persist(pace, async () => {
    const outcomes = await Promise.allSettled(left.map(async (some) => lanes.send(some)));
    const failed = left.filter((_some, place) => outcomes[place]?.status === 'rejected');
    if (failed.length === 0) return 'done';
    // What some lanes got already, their queue knows.
    left = failed.flat().map((job) => [job]);
    throw failureOf(outcomes);
  });
}

/** Stores the deliveries of an event and sends the jobs of their first posts. */
async function byRows(
  parts: MatcherParts,
  wanting: readonly Subscription[],
  event: WebhookEvent,
  payload: string,
): Promise<void> {
  if (wanting.length === 0) return;
  await keepPayload(parts, payload);
  const { posts, pace, settings } = parts;
  let left = wanting;
  const first = new Array<PostJob>();
  const again = new Array<PostJob>();
  await persist(pace, async () => {
    const { failed, error, ...jobs } = await storeEach(parts, left, event, payload);
    left = failed;
    first.push(...jobs.first);
    again.push(...jobs.again);
    if (first.length > 0) await posts.send(first);
    first.length = 0;
    if (again.length > 0) await posts.send(again, settings.timeoutSeconds + repeatGraceSeconds);
    again.length = 0;
    if (error !== undefined) throw error;
    return 'done';
  });
}

async function keepPayload(
  { deliveries, settings, pace }: MatcherParts,
  payload: string,
): Promise<void> {
  if (Buffer.byteLength(payload) <= inlinePayloadBytes) return;
  const days = Math.max(settings.retentionDays, settings.heldDays) + payloadSpareDays;
  const expiresAt = expiryAfter(days, pace.now());
  await persist(pace, async () => {
    await deliveries.keepPayload(payload, expiresAt);
    return 'done';
  });
}

interface StoredRows {
  first: PostJob[];
  /**
   * Of deliveries that exist and were not tried yet. The run that stored them may have died before it sent
   * the job; or it has sent it, so that this one comes when that post is made.
   */
  again: PostJob[];
  failed: Subscription[];
  error?: Error;
}

async function storeEach(
  { deliveries, settings, pace }: MatcherParts,
  wanting: readonly Subscription[],
  event: WebhookEvent,
  payload: string,
): Promise<StoredRows> {
  const { retentionDays, heldDays } = settings;
  const stored: StoredRows = { first: [], again: [], failed: [] };
  const store = async (one: Subscription): Promise<void> => {
    const days = one.enabled ? retentionDays : heldDays;
    const delivery = deliveryOf(one, event, expiryAfter(days, pace.now()));
    const { existing } = await deliveries.create(delivery, payload, true);
    const { status, tries } = existing ?? delivery;
    if (status !== 'pending' || tries > 0) return;
    const job: PostJob = { kind: 'post', hook: one.hook, delivery: delivery.ulid, tries };
    (existing ? stored.again : stored.first).push(job);
  };
  const outcomes: PromiseSettledResult<void>[] = [];
  for (let start = 0; start < wanting.length; start += parallelWrites) {
    const part = wanting.slice(start, start + parallelWrites);
    outcomes.push(...(await Promise.allSettled(part.map(store))));
  }
  const failed = wanting.filter((_one, place) => outcomes[place]?.status === 'rejected');
  return failed.length === 0 ? stored : { ...stored, failed, error: failureOf(outcomes) };
}

function parted<Item>(
  items: readonly Item[],
  isFirst: (item: Item) => boolean,
): [first: Item[], second: Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

/** Waits for all, then fails if one did. */
async function allSettled(works: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(works);
  if (outcomes.some(({ status }) => status === 'rejected')) throw failureOf(outcomes);
}

/** Of several failures the one to tell: one that passes, as the others then get their turn, too. */
function failureOf(outcomes: readonly PromiseSettledResult<unknown>[]): Error {
  const reasons = outcomes.flatMap((one): unknown[] =>
    one.status === 'rejected' ? [one.reason] : [],
  );
  const reason = reasons.find((one) => one instanceof TransientError) ?? reasons[0];
  return reason instanceof Error ? reason : new Error(String(reason));
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
