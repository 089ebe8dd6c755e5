import type { CustomEventType } from '../../lambdas/shared/define/event-type.ts';
import type { JobQueue } from '../../lambdas/shared/job-queue.ts';
import { queueHandler } from '../../lambdas/shared/queue-handler.ts';
import type { QueueHandler } from '../../lambdas/shared/queue-handler.ts';
import type { Pace } from '../../lambdas/shared/persist.ts';
import { busEventOf, busMessage } from '../../lambdas/webhooks/bus-event.ts';
import { postJob } from '../../lambdas/webhooks/contract.ts';
import type { LaneJob, PostJob } from '../../lambdas/webhooks/contract.ts';
import type { Delivery } from '../../lambdas/webhooks/delivery.ts';
import { sendDue } from '../../lambdas/webhooks/due.ts';
import type { Health, Hook } from '../../lambdas/webhooks/hook.ts';
import { match } from '../../lambdas/webhooks/matcher.ts';
import { work } from '../../lambdas/webhooks/post-worker.ts';
import type { Post, Posted, Poster } from '../../lambdas/webhooks/poster.ts';
import { webhooksSettings } from '../../lambdas/webhooks/settings.ts';
import type { WebhooksSettings } from '../../lambdas/webhooks/settings.ts';
import type { StreamChange } from './dynamodb-stream-record.ts';
import { faulty } from './faulty.ts';
import type { FaultPlan, Turn } from './faulty.ts';
import { InMemoryDeliveryStore } from './in-memory-delivery-store.ts';
import { InMemoryHookStore } from './in-memory-hook-store.ts';
import { InMemoryLaneStore } from './in-memory-lane-store.ts';
import { inMemoryRateLimits } from './in-memory-rate-limits.ts';
import { jobsInto, memoryQueue } from './memory-queue.ts';
import type { MemoryQueue, MemoryQueueOptions } from './memory-queue.ts';
import { runQueueMappings } from './queue-mapping.ts';
import { seededRandom } from './seeded-random.ts';
import { silentLog } from './silent-log.ts';
import { virtualClock } from './virtual-clock.ts';
import { newHook } from './webhook-hooks.ts';

/** What a receiver does with a post; it may also wait by the app's clock. */
export type Receiver = (post: Post, atMs: number) => ReceiverAnswer;

export type ReceiverAnswer = Partial<Posted['attempt']> & { retryAfterSeconds?: number };

export interface AppOptions {
  settings?: Partial<WebhooksSettings>;
  customTypes?: readonly CustomEventType[];
  /** Queues hand out in any order, and some messages twice. */
  unreliable?: MemoryQueueOptions['unreliable'];
  seed?: number;
  /** @default 5, as `lib/alarmed-queue.ts` sets it */
  maxReceiveCount?: number;
  /** Where lane jobs go. @default into `app.laneJobs` */
  lanes?: JobQueue<LaneJob>;
}

/** A post that was made. */
export interface Made extends Post {
  atMs: number;
  error: string | undefined;
}

export const answers = {
  ok: { status: 200 },
  refused: (status: number, more: ReceiverAnswer = {}) => ({
    status,
    error: { kind: 'status' as const, message: `status ${String(status)}` },
    ...more,
  }),
  failing: (kind: 'timeout' | 'dns' | 'tls' | 'connection' | 'blocked') => ({
    error: { kind, message: kind },
  }),
};

const minuteMs = 60_000;

/**
 * Webhooks as deployed, in memory: the real code over doubles and its queues. Receivers are functions by
 * target. Nothing is handed on by itself: `drain` works the queues off, `pass` also runs the due pass.
 */
export class WebhooksApp {
  readonly clock = virtualClock(Date.UTC(2026, 10, 21));
  readonly changes: StreamChange[] = [];
  readonly hooks: InMemoryHookStore;
  readonly laneStore = new InMemoryLaneStore();
  readonly deliveries: InMemoryDeliveryStore;
  readonly limits = inMemoryRateLimits();
  readonly settings: WebhooksSettings;
  readonly counts = new Map<string, number>();
  readonly posts: Made[] = [];
  readonly laneJobs: LaneJob[] = [];
  readonly receivers = new Map<string, Receiver>();
  readonly random: () => number;
  readonly deadLetters: MemoryQueue;
  readonly queues: Record<'events' | 'posts', MemoryQueue>;
  readonly customTypes: readonly CustomEventType[];
  readonly #lanes: JobQueue<LaneJob>;
  #events = 0;

  constructor({
    settings,
    customTypes = [],
    unreliable,
    seed = 1,
    lanes,
    ...more
  }: AppOptions = {}) {
    const { now } = this.clock;
    this.settings = { ...webhooksSettings.parse({}), ...settings };
    this.customTypes = customTypes;
    this.random = seededRandom(seed);
    this.hooks = new InMemoryHookStore(now, (change) => this.changes.push(change));
    this.deliveries = new InMemoryDeliveryStore(now, this.laneStore.dueLanes);
    this.deadLetters = memoryQueue({ name: 'dead', now });
    const queueOf = (name: string) =>
      memoryQueue({
        name,
        now,
        deadLetters: { queue: this.deadLetters, maxReceiveCount: more.maxReceiveCount ?? 5 },
        visibilityTimeoutSeconds: 360,
        ...(unreliable && { unreliable }),
      });
    this.queues = { events: queueOf('events'), posts: queueOf('posts') };
    this.#lanes = lanes ?? {
      send: (jobs) => {
        this.laneJobs.push(...jobs);
        return Promise.resolve();
      },
    };
  }

  get pace(): Pace {
    const { now, sleep } = this.clock;
    return { now, sleep, random: this.random, patienceMs: 10_000 };
  }

  /** What the functions work with; `faults` are those of one invocation. */
  parts(faults: FaultPlan = () => undefined, turn?: Turn) {
    const port = <P extends object>(real: P): P =>
      faulty(real, { plan: faults, ...(turn && { turn }) });
    const meter = {
      count: (name: string, value: number) => {
        this.counts.set(name, (this.counts.get(name) ?? 0) + value);
      },
    };
    return {
      hooks: port(this.hooks),
      deliveries: port(this.deliveries),
      limits: port(this.limits),
      secrets: { open: async (sealed: string) => Promise.resolve(`whsec_${sealed}`) },
      poster: port<Poster>({ post: (post) => this.#receive(post) }),
      timeoutSeconds: this.settings.timeoutSeconds,
      posts: port<JobQueue<PostJob>>(jobsInto(this.queues.posts)),
      lanes: port(this.#lanes),
      settings: this.settings,
      pace: this.pace,
      meter,
    };
  }

  handlers(faults?: FaultPlan): Record<'events' | 'posts', QueueHandler> {
    const parts = this.parts(faults);
    const log = silentLog();
    return {
      events: queueHandler({
        schema: busMessage,
        run: async (message) => match(parts, busEventOf(message, this.customTypes)),
        log,
      }),
      posts: queueHandler({ schema: postJob, run: async (job) => work(parts, job), log }),
    };
  }

  async hook(more: Partial<Hook> = {}): Promise<Hook> {
    const hook = newHook({ owner: null, events: ['*'], ...more });
    await this.hooks.create(hook);
    return { ...hook, version: (await this.hooks.read(hook.ulid))?.version ?? 0 };
  }

  /** Puts an event on the bus; answers its id. */
  emit(type = 'follow.created', data: unknown = { n: 1 }, audience: string[] = []): string {
    this.#events += 1;
    const id = `evt_${String(this.#events)}`;
    this.repeat({ id, type, at: new Date(this.clock.now()).toISOString(), audience, data });
    return id;
  }

  /** Puts an event on the bus once more. */
  repeat(detail: { id: string; type: string; at: string; audience: string[]; data: unknown }) {
    const { at: time, type, id } = detail;
    const message = { id: `bus-${id}`, source: 'sequitur', 'detail-type': type, time, detail };
    this.queues.events.send(JSON.stringify(message));
  }

  /** Works the queues off, retries of up to a quarter of an hour included. */
  async drain(faults?: FaultPlan): Promise<void> {
    const { events, posts } = this.handlers(faults);
    const reportBatchItemFailures = true;
    await runQueueMappings({
      mappings: [
        { queue: this.queues.events, handler: events, reportBatchItemFailures },
        { queue: this.queues.posts, handler: posts, reportBatchItemFailures, concurrency: 2 },
      ],
      clock: this.clock,
    });
  }

  async duePass(faults?: FaultPlan): Promise<number> {
    return sendDue(this.parts(faults), this.clock.now() + 45_000);
  }

  /** Until nothing waits any more: queues, and what is due, however far ahead. */
  async settle(): Promise<void> {
    for (;;) {
      await this.drain();
      const [next] = await this.deliveries.dueUntil(Number.MAX_SAFE_INTEGER, 1);
      if (!next) return;
      this.clock.advanceTo(next.dueAt - minuteMs);
      await this.duePass();
    }
  }

  async delivery(event: string, hook: Pick<Hook, 'ulid'>): Promise<Delivery> {
    const found = this.deliveries
      .all()
      .find((row) => row.hook === hook.ulid && row.event.id === event);
    if (!found) throw new Error(`no delivery of ${event}`);
    return Promise.resolve(found);
  }

  async health(hook: Pick<Hook, 'ulid'>): Promise<Health> {
    const found = await this.hooks.readWithHealth(hook.ulid);
    if (!found) throw new Error('no such hook');
    return found.health;
  }

  /** A hook as it is now. */
  async now(hook: Pick<Hook, 'ulid'>): Promise<Hook> {
    const found = await this.hooks.read(hook.ulid);
    if (!found) throw new Error('no such hook');
    return found;
  }

  /** Enables a hook as the API does: with its health as new. */
  async enable(hook: Pick<Hook, 'ulid'>): Promise<void> {
    const { disabledReason: _reason, ...rest } = await this.now(hook);
    const health = await this.health(hook);
    await this.hooks.saveHealth(rest, {
      exhausted: 0,
      warned: false,
      timeouts: 0,
      version: health.version,
    });
    await this.hooks.replace({ ...rest, enabled: true });
  }

  async disable(hook: Pick<Hook, 'ulid'>): Promise<void> {
    const as = await this.now(hook);
    await this.hooks.replace({
      ...as,
      enabled: false,
      disabledReason: 'manual',
      epoch: as.epoch + 1,
    });
  }

  #receive(post: Post): Promise<Posted> {
    const at = this.clock.now();
    const receiver = this.receivers.get(post.target) ?? (() => answers.ok);
    const answer: ReceiverAnswer = receiver(post, at);
    const { retryAfterSeconds, ...attempt } = answer;
    this.posts.push({ ...post, atMs: at, error: attempt.error?.kind });
    return Promise.resolve({
      attempt: { at, durationMs: this.clock.now() - at, ...attempt },
      retryAfterSeconds,
    });
  }
}
