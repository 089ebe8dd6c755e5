import type { JobQueue } from '../shared/job-queue.ts';
import { persist } from '../shared/persist.ts';
import type { Pace } from '../shared/persist.ts';
import type { LaneJob, PostJob } from './contract.ts';
import type { Delivery } from './delivery.ts';
import { isHeld } from './delivery-status.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { expiryAfter } from './expiry.ts';
import { countExhausted, makePost } from './make-post.ts';
import type { HookState, PostOutcome, PostParts } from './make-post.ts';
import { nextStep, withoutNext } from './next-step.ts';
import { isBeyondQueue, sendFor } from './schedule-later.ts';
import type { WebhooksSettings } from './settings.ts';

export interface PostWorkerParts extends PostParts {
  deliveries: Pick<DeliveryStore, 'read' | 'payloads' | 'replace'>;
  posts: JobQueue<PostJob>;
  lanes: JobQueue<LaneJob>;
  settings: Pick<WebhooksSettings, 'heldDays'>;
}

type DeliveryJob = Extract<PostJob, { kind: 'post' }>;

/** A job that finds its delivery in the due index for later than this is a repeat: the due pass sends one. */
const dueMarginMs = 30_000;

/** What a post takes beyond its time-out, until its row is stored. */
const repeatGraceMs = 5_000;

/**
 * Posts a delivery once and settles what follows: the row first, then the job of its next post. A death
 * at any point leaves a job that goes on; at worst it is posted twice, with the same id.
 *
 * @throws TransientError when stores or queues fail for longer than the pace's patience.
 */
export async function work(parts: PostWorkerParts, job: PostJob): Promise<void> {
  if (job.kind === 'post') return workDelivery(parts, job);
  const { hook, at } = job;
  return surely(parts.pace, async () => parts.lanes.send([{ kind: 'wake', hook, at }]));
}

async function workDelivery(parts: PostWorkerParts, job: DeliveryJob): Promise<void> {
  const { deliveries, hooks, pace, settings } = parts;
  const [delivery, state] = await surely(pace, async () =>
    Promise.all([deliveries.read(job.delivery), hooks.readWithHealth(job.hook)]),
  );
  if (!delivery) return;
  if (isRepeat(delivery, job, pace.now())) {
    return sendNextOfRepeat(parts, delivery, job);
  }
  if (!state) {
    await change(parts, job, delivery, (row) => ended(row, 'discarded'));
    return;
  }
  const waits = job.single ? state.hook.enabled : !isHeld(delivery, state.hook);
  if (!waits) {
    const expiresAt = expiryAfter(settings.heldDays, pace.now());
    await change(parts, job, delivery, (row) => ({ ...ended(row, 'held'), expiresAt }));
    return;
  }
  const payloads = await surely(pace, async () => deliveries.payloads([delivery]));
  const body = payloads.get(delivery.ulid);
  if (body === undefined) {
    // Its event has expired: there is nothing left to post.
    await change(parts, job, delivery, (row) => ended(row, 'discarded'));
    return;
  }
  const post = { id: delivery.event.id, body, reserved: job.reserved ?? false };
  const outcome = await makePost(parts, state, post);
  if (outcome.outcome === 'deferred') await defer(parts, job, delivery, outcome);
  else await settle(parts, job, delivery, state, outcome);
}

/** Whether the job is of a post that was made, or that another job will make. */
function isRepeat(delivery: Delivery, { tries, single }: DeliveryJob, nowMs: number): boolean {
  const { status, due, nextAttemptAt = 0 } = delivery;
  if (delivery.tries !== tries) return true;
  if (status !== 'pending') return !(single && status === 'failed');
  return due === true && nextAttemptAt > nowMs + dueMarginMs;
}

/**
 * The first run may have died before it sent the job of the next post; or it has sent it, so that this one
 * comes when that post is made.
 */
function sendNextOfRepeat(
  parts: PostWorkerParts,
  delivery: Delivery,
  job: DeliveryJob,
): Promise<void> {
  return sendNext(parts, delivery, job, parts.timeoutSeconds * 1000 + repeatGraceMs);
}

/**
 * Sends the job of the next post, if one is to be made by way of the queue.
 *
 * @param laterMs so much later than its time
 */
async function sendNext(
  { posts, pace }: PostWorkerParts,
  { hook, ulid, status, tries, nextAttemptAt, due }: Delivery,
  job: DeliveryJob,
  laterMs = 0,
): Promise<void> {
  if (status !== 'pending' || tries !== job.tries + 1 || nextAttemptAt === undefined || due) return;
  const next = { kind: 'post', hook, delivery: ulid, tries } as const;
  const atMs = nextAttemptAt + laterMs;
  await surely(pace, async () => sendFor(posts, next, { atMs, nowMs: pace.now() }));
}

/**
 * Nothing was posted: the same job later. A delivery in the due index leaves it when the queue has the job,
 * or the due pass would send another one.
 */
async function defer(
  parts: PostWorkerParts,
  job: DeliveryJob,
  delivery: Delivery,
  { untilMs, reserved }: Extract<PostOutcome, { outcome: 'deferred' }>,
): Promise<void> {
  const { posts, pace } = parts;
  const nowMs = pace.now();
  if (isBeyondQueue(untilMs, nowMs)) {
    const turn = { ...(job.single && { single: true }), ...(reserved && { reserved }) };
    await change(parts, job, delivery, (row) => ({
      ...withoutNext(row),
      status: 'pending',
      nextAttemptAt: untilMs,
      due: true,
      turn,
    }));
    return;
  }
  const again = { ...job, reserved };
  await surely(pace, async () => sendFor(posts, again, { atMs: untilMs, nowMs }));
  if (!delivery.due) return;
  await change(parts, job, delivery, (row) =>
    row.status === 'pending' ? { ...withoutNext(row), nextAttemptAt: untilMs } : row,
  );
}

async function settle(
  parts: PostWorkerParts,
  job: DeliveryJob,
  delivery: Delivery,
  { hook }: HookState,
  { posted, state }: Extract<PostOutcome, { outcome: 'posted' }>,
): Promise<void> {
  const { meter, pace } = parts;
  const nowMs = pace.now();
  const chance = pace.random();
  // Drawn once: the same change again, after a lost answer, has to be the very same.
  const how = { single: job.single ?? false, nowMs, random: () => chance };
  if (!posted.attempt.error) meter.count('WebhooksDelivered', 1);
  const step = nextStep(delivery, hook, posted, how);
  const { stored, found } = await change(
    parts,
    job,
    delivery,
    (row) => (row === delivery ? step : nextStep(row, hook, posted, how)).delivery,
  );
  if (!stored) {
    // Another worker has recorded a post of this job, and may have died of it.
    if (found) await sendNextOfRepeat(parts, found, job);
    return;
  }
  if (step.exhausted) {
    meter.count('WebhooksExhausted', 1);
    if (state) await countExhausted(parts, state, 1);
  }
  await sendNext(parts, stored, job);
}

function ended(row: Delivery, status: 'held' | 'discarded'): Delivery {
  return { ...withoutNext(row), status };
}

/**
 * Changes a delivery as it is now, as long as no other post of it is recorded.
 *
 * @returns `stored`: what was; `found`: what another has made of it, who has gone on with it
 */
async function change(
  { deliveries, pace }: PostWorkerParts,
  job: DeliveryJob,
  read: Delivery,
  to: (row: Delivery) => Delivery,
): Promise<{ stored?: Delivery; found?: Delivery | undefined }> {
  let row: Delivery | undefined = read;
  return persist(pace, async () => {
    if (row?.tries !== job.tries) return { found: row };
    const next = to(row);
    if ((await deliveries.replace(next)) === 'replaced') return { stored: next };
    row = await deliveries.read(job.delivery);
    return undefined;
  });
}

/** Tries through passing failures what has an answer of any kind. */
async function surely<T>(pace: Pace, call: () => Promise<T>): Promise<T> {
  const { answer } = await persist(pace, async () => ({ answer: await call() }));
  return answer;
}
