import { InMemoryDeliveryStore } from './in-memory-delivery-store.ts';
import { InMemoryHookStore } from './in-memory-hook-store.ts';
import { InMemoryLaneStore } from './in-memory-lane-store.ts';
import { inMemoryRateLimits } from './in-memory-rate-limits.ts';
import { FifoQueue } from './fifo-queue.ts';
import { seededRandom } from './seeded-random.ts';
import { silentLog } from './silent-log.ts';
import { virtualClock } from './virtual-clock.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { newHook } from './webhook-hooks.ts';
import { fifoHandler } from '../../lambdas/shared/fifo-handler.ts';
import type { MetricName } from '../../lambdas/shared/metrics.ts';
import { laneJob } from '../../lambdas/webhooks/contract.ts';
import type { LaneJob, PostJob } from '../../lambdas/webhooks/contract.ts';
import { sendDue } from '../../lambdas/webhooks/due.ts';
import type { ErrorKind } from '../../lambdas/webhooks/delivery.ts';
import type { Hook } from '../../lambdas/webhooks/hook.ts';
import { laneQueueOptions } from '../../lambdas/webhooks/lane-jobs.ts';
import type { LaneParts } from '../../lambdas/webhooks/lane-run.ts';
import { workLane } from '../../lambdas/webhooks/lane-worker.ts';
import type { Post, Posted } from '../../lambdas/webhooks/poster.ts';

/** What a receiver answers: a status, or no answer. */
export type Reply = number | ErrorKind;

export interface SeenPost extends Post {
  atMs: number;
  reply: Reply;
  /** Ids of its events, in order. */
  events: string[];
}

const minuteMs = 60_000;

/** A death of the function: nothing catches it, and the messages come again. */
export class Death extends Error {}

/** A lane worker on doubles: a hook, a FIFO queue, timers, a receiver, and time that is told to pass. */
export class LaneScene {
  readonly clock: VirtualClock = virtualClock();
  readonly lanes = new InMemoryLaneStore();
  readonly deliveries = new InMemoryDeliveryStore(this.clock.now, this.lanes.dueLanes);
  readonly hooks = new InMemoryHookStore(this.clock.now);
  readonly queue: FifoQueue;
  readonly posts: SeenPost[] = [];
  readonly singles: Extract<PostJob, { kind: 'post' }>[] = [];
  readonly timers: { hook: string; at: number; comesAt: number }[] = [];
  readonly hook: Hook;
  /** Times of events by their ids. */
  readonly sent = new Map<string, number>();
  /** What the worker counted. */
  readonly counts: Partial<Record<MetricName, number>> = {};
  /** What the receiver answers, by the number of the post from 0. */
  reply: (index: number, post: Post) => Reply = () => 200;
  /** Milliseconds that each post takes. */
  postMs = 0;
  /** Wraps the ports of the worker, to make them fail. */
  wrap: (parts: LaneParts) => LaneParts = (parts) => parts;
  #events = 0;

  private constructor(hook: Hook, maxReceiveCount: number) {
    this.hook = hook;
    this.queue = new FifoQueue({ now: this.clock.now, maxReceiveCount });
  }

  /** @param maxReceiveCount after so many deaths a message is among the dead letters */
  static async with(more: Partial<Hook>, maxReceiveCount = 1_000): Promise<LaneScene> {
    const scene = new LaneScene(newHook(more), maxReceiveCount);
    await scene.hooks.create({ ...scene.hook, version: 1 });
    return scene;
  }

  get jobs() {
    return this.queue.jobs<LaneJob>(laneQueueOptions);
  }

  get parts(): LaneParts {
    const { clock } = this;
    const random = seededRandom(1);
    return {
      hooks: this.hooks,
      deliveries: this.deliveries,
      lanes: this.lanes,
      post: {
        hooks: this.hooks,
        limits: this.limits,
        secrets: { open: async (sealed) => Promise.resolve(sealed) },
        poster: { post: async (post) => Promise.resolve(this.#answer(post)) },
        timeoutSeconds: 15,
        pace: { now: clock.now, sleep: clock.sleep, random, patienceMs: 1_000 },
        meter: {
          count: (name, value) => {
            this.counts[name] = (this.counts[name] ?? 0) + value;
          },
        },
      },
      postJobs: {
        send: (jobs, delaySeconds = 0) => {
          const comesAt = clock.now() + delaySeconds * 1000;
          for (const job of jobs) {
            if (job.kind === 'wake') this.timers.push({ hook: job.hook, at: job.at, comesAt });
            else this.singles.push(job);
          }
          return Promise.resolve();
        },
      },
      laneJobs: this.jobs,
      settings: { retentionDays: 30, heldDays: 7 },
      budgetMs: 40_000,
    };
  }

  readonly limits = inMemoryRateLimits();

  /** An event as the matcher sends it. @returns its id */
  async take(more: { id?: string; atMs?: number; bytes?: number } = {}): Promise<string> {
    const { id = `evt_${String(++this.#events)}`, atMs = this.clock.now() + this.#events } = more;
    this.sent.set(id, atMs);
    const padding = 'x'.repeat(more.bytes ?? 0);
    const event = { id, type: 'follow.created', atMs };
    const payload = JSON.stringify({ id, data: { padding } });
    await this.jobs.send([{ kind: 'take', hook: this.hook.ulid, event, payload }]);
    return id;
  }

  async takeMany(count: number, bytes?: number): Promise<string[]> {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1)
      ids.push(await this.take(bytes === undefined ? {} : { bytes }));
    return ids;
  }

  readonly handler = fifoHandler({
    schema: laneJob,
    run: (hook, jobs) => workLane(this.wrap(this.parts), hook, jobs),
    log: silentLog(),
  });

  /** Works off what can be received now, without letting time pass. */
  async work(max?: number): Promise<void> {
    while ((await this.queue.deliver(this.handler, max)) !== 'idle');
  }

  /** Lets time pass, with its timers and what is received again, to a moment from now. */
  async pass(ms: number, max?: number): Promise<void> {
    const endMs = this.clock.now() + ms;
    for (;;) {
      await this.work(max);
      const next = Math.min(
        ...this.timers.map(({ comesAt }) => comesAt),
        await this.#nextDuePass(endMs),
        this.queue.nextReceiveAtMs() ?? Infinity,
      );
      if (next > endMs) break;
      this.clock.advanceTo(next);
      await this.#duePass();
      await this.#ring();
    }
    this.clock.advanceTo(endMs);
    await this.work(max);
  }

  /** The first minute whose pass finds something. */
  async #nextDuePass(endMs: number): Promise<number> {
    const [first] = await this.deliveries.dueUntil(endMs + minuteMs, 1);
    if (!first) return Infinity;
    const foundAt = Math.max(this.clock.now(), first.dueAt - minuteMs);
    return Math.ceil(foundAt / minuteMs) * minuteMs;
  }

  /** Of every minute, as the schedule has it. What it sends for the post worker is not posted here. */
  async #duePass(): Promise<void> {
    const nowMs = this.clock.now();
    if (nowMs % minuteMs > 0) return;
    const { postJobs, post } = this.parts;
    const posts: LaneParts['postJobs'] = {
      send: async (jobs, delaySeconds) =>
        postJobs.send(
          jobs.filter(({ kind }) => kind === 'wake'),
          delaySeconds,
        ),
    };
    await sendDue({ deliveries: this.deliveries, posts, pace: post.pace }, nowMs + minuteMs);
  }

  async #ring(): Promise<void> {
    const nowMs = this.clock.now();
    for (const timer of this.timers.splice(0)) {
      if (timer.comesAt <= nowMs) await this.#wake(timer.hook, timer.at);
      else this.timers.push(timer);
    }
  }

  async #wake(hook: string, at: number): Promise<void> {
    await this.jobs.send([{ kind: 'wake', hook, at }]);
  }

  #answer(post: Post): Posted {
    const reply = this.reply(this.posts.length, post);
    const body: unknown = JSON.parse(post.body);
    const events = (Array.isArray(body) ? body : [body]).map(({ id }: { id: string }) => id);
    this.clock.advance(reply === 'timeout' ? 15_000 : this.postMs);
    this.posts.push({ ...post, atMs: this.clock.now(), reply, events });
    const at = this.clock.now();
    if (typeof reply !== 'number') {
      return { attempt: { at, durationMs: 0, error: { kind: reply, message: reply } } };
    }
    const error = { kind: 'status' as const, message: `status ${String(reply)}` };
    const isSuccess = reply >= 200 && reply < 300;
    return { attempt: { at, durationMs: 0, status: reply, ...(!isSuccess && { error }) } };
  }

  /** Events of posts that succeeded, post by post. */
  get delivered(): string[][] {
    return this.posts.filter(wentWell).map(({ events }) => events);
  }

  async change(more: Partial<Hook>): Promise<void> {
    const stored = await this.hooks.read(this.hook.ulid);
    if (!stored) throw new Error('the hook is gone');
    await this.hooks.replace({ ...stored, ...more });
    await this.jobs.send([{ kind: 'settle', hook: this.hook.ulid }]);
  }

  async disable(): Promise<void> {
    const { epoch = 0 } = (await this.hooks.read(this.hook.ulid)) ?? {};
    await this.change({ enabled: false, epoch: epoch + 1 });
  }

  async delete(): Promise<void> {
    const stored = await this.hooks.read(this.hook.ulid);
    if (stored) await this.hooks.remove(stored);
    await this.jobs.send([{ kind: 'settle', hook: this.hook.ulid }]);
  }

  statuses(): string[] {
    return this.deliveries.all().map(({ status }) => status);
  }

  ulidOf(id: string): string {
    const found = this.deliveries.all().find(({ event }) => event.id === id);
    if (!found) throw new Error(`${id} has no delivery`);
    return found.ulid;
  }
}

function wentWell({ reply }: SeenPost): boolean {
  return typeof reply === 'number' && reply < 300;
}
