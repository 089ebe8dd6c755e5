import { CounterShards } from '../../lambdas/follows/counter-shards.ts';
import { follow } from '../../lambdas/follows/follow.ts';
import type { FollowStore } from '../../lambdas/follows/follow-store.ts';
import type { EndReason } from '../../lambdas/follows/follows-read.ts';
import { followsReader } from '../../lambdas/follows/follows-reader.ts';
import { unfollow } from '../../lambdas/follows/unfollow.ts';
import { deliverEffects } from '../../lambdas/shared/events/deliver-effects.ts';
import type { DomainEvent } from '../../lambdas/shared/events/domain-event.ts';
import type { JobQueue } from '../../lambdas/shared/job-queue.ts';
import { queueHandler } from '../../lambdas/shared/queue-handler.ts';
import { rfc3339 } from '../../lambdas/shared/identifier.ts';
import { streamHandler } from '../../lambdas/shared/stream-handler.ts';
import type { ParkedChange } from '../../lambdas/shared/stream-handler.ts';
import { ActionCatalogue } from '../../lambdas/timelines/action-catalogue.ts';
import { chunkJob, planJob, upkeepJob } from '../../lambdas/timelines/contract.ts';
import type { ChunkJob, PlanJob, UpkeepJob } from '../../lambdas/timelines/contract.ts';
import { runChunk } from '../../lambdas/timelines/fan-out-chunk.ts';
import { plan } from '../../lambdas/timelines/fan-out-planner.ts';
import { PrivateTimeline, endedFollows } from '../../lambdas/timelines/private-timeline.ts';
import { effectsOf } from '../../lambdas/timelines/relay.ts';
import { timelinesSettings } from '../../lambdas/timelines/settings.ts';
import type { TimelinesSettings } from '../../lambdas/timelines/settings.ts';
import { upkeep } from '../../lambdas/timelines/upkeep.ts';
import type { StreamChange } from './dynamodb-stream-record.ts';
import { faulty } from './faulty.ts';
import type { FaultPlan } from './faulty.ts';
import { countingUlids } from './follow-writing.ts';
import { InMemoryFollowStore } from './in-memory-follow-store.ts';
import { InMemoryIdempotency } from './in-memory-timelines-idempotency.ts';
import { InMemoryPrivateTimelines } from './in-memory-timelines-private.ts';
import { InMemoryTimelineProgress } from './in-memory-timelines-progress.ts';
import { InMemoryPublicTimelines } from './in-memory-timelines-public.ts';
import { Turns } from './turns.ts';
import { jobsInto, memoryQueue } from './memory-queue.ts';
import type { MemoryQueue, MemoryQueueOptions } from './memory-queue.ts';
import { seededRandom } from './seeded-random.ts';
import { silentLog } from './silent-log.ts';
import { virtualClock } from './virtual-clock.ts';

/** Resource types of the tests. */
const types = ['user', 'project', 'article'];

/** A follow, and when it ended. */
export interface FollowSpan {
  owner: string;
  actor: string;
  followId: string;
  endedAtMs?: number;
}

export interface AppOptions {
  settings?: Partial<TimelinesSettings>;
  /** Verbs that every type has. @default like */
  verbs?: readonly string[];
  /** @default 5, as `lib/alarmed-queue.ts` sets it */
  maxReceiveCount?: number;
  /** Queues hand out in any order, and some messages twice. */
  unreliable?: MemoryQueueOptions['unreliable'];
}

/**
 * Timelines and follows as deployed, in memory: the real code over doubles, its queues, and the changes
 * that its stream holds. Nothing is handed on by itself; `in-memory-timelines-delivery.ts` does that.
 */
export class TimelinesApp {
  readonly clock = virtualClock(Date.UTC(2026, 0, 1));
  readonly turns = new Turns();
  readonly follows = new InMemoryFollowStore();
  readonly publics: InMemoryPublicTimelines;
  readonly privates = new InMemoryPrivateTimelines();
  readonly progress = new InMemoryTimelineProgress();
  readonly idempotency: InMemoryIdempotency;
  readonly settings: TimelinesSettings;
  readonly newUlid = countingUlids();
  readonly log = silentLog();
  readonly catalogue: ActionCatalogue;
  /** Every follow that there ever was. */
  readonly spans: FollowSpan[] = [];
  /** Changes of public timelines that the relay has not got yet, oldest first. */
  readonly changes: StreamChange[] = [];
  readonly events: DomainEvent[] = [];
  readonly parked: ParkedChange[] = [];
  readonly deadLetters: MemoryQueue;
  readonly queues: Record<'plans' | 'chunks' | 'upkeep', MemoryQueue>;

  constructor({ settings, verbs = ['like'], maxReceiveCount = 5, unreliable }: AppOptions = {}) {
    this.settings = { ...timelinesSettings.parse({}), ...settings };
    this.catalogue = new ActionCatalogue(
      verbs.flatMap((verb) => types.map((actor) => ({ verb, actor, target: 'optional' as const }))),
    );
    const { now } = this.clock;
    this.idempotency = new InMemoryIdempotency(now);
    this.publics = new InMemoryPublicTimelines((change) => {
      this.changes.push({ ...change, atMs: now() });
    });
    this.deadLetters = memoryQueue({ name: 'dead', now });
    const deadLetters = { queue: this.deadLetters, maxReceiveCount };
    const queueOf = (name: string) =>
      memoryQueue({
        name,
        now,
        deadLetters,
        visibilityTimeoutSeconds: 360,
        ...(unreliable && { unreliable }),
      });
    this.queues = { plans: queueOf('plans'), chunks: queueOf('chunks'), upkeep: queueOf('upkeep') };
  }

  /** What the functions work with; `faults` are those of one invocation. */
  parts(faults: FaultPlan = () => undefined) {
    const { turn } = this.turns;
    const port = <P extends object>(real: P): P => faulty(real, { plan: faults, turn });
    return {
      publics: port(this.publics),
      privates: port(this.privates),
      progress: port(this.progress),
      idempotency: port(this.idempotency),
      follows: port(followsReader(this.follows, types)),
      plans: port<JobQueue<PlanJob>>(jobsInto(this.queues.plans)),
      chunks: port<JobQueue<ChunkJob>>(jobsInto(this.queues.chunks)),
      jobs: port<JobQueue<UpkeepJob>>(jobsInto(this.queues.upkeep)),
      catalogue: this.catalogue,
      targetTypes: types,
      settings: this.settings,
      now: this.clock.now,
      newUlid: this.newUlid,
      log: this.log,
    };
  }

  /** The functions behind the queues and the stream, each over its own invocation's parts. */
  handlers(faults?: FaultPlan) {
    const { log } = this;
    const parts = this.parts(faults);
    const bus = {
      publish: (events: readonly DomainEvent[]) => {
        this.events.push(...events);
        return Promise.resolve(events.map(() => 'done' as const));
      },
    };
    const failures = {
      send: (parked: readonly ParkedChange[]) => {
        this.parked.push(...parked);
        return Promise.resolve();
      },
    };
    return {
      plans: queueHandler({ schema: planJob, run: async (job) => plan(parts, job), log }),
      chunks: queueHandler({ schema: chunkJob, run: async (job) => runChunk(parts, job), log }),
      upkeep: queueHandler({ schema: upkeepJob, run: async (job) => upkeep(parts, job), log }),
      changes: streamHandler({
        effectsOf,
        deliver: async (effects) => deliverEffects({ bus, jobs: parts.plans }, effects),
        failures,
        log,
      }),
    };
  }

  async follow(follower: string, followed: string): Promise<void> {
    await follow(this.#writing(), { follower, followed });
  }

  async unfollow(
    follower: string,
    followed: string,
    reason: EndReason = 'unfollowed',
  ): Promise<void> {
    await unfollow(this.#writing(), { follower, followed }, { reason });
  }

  /** The timeline as its owner would see it, without being noted as a reader. */
  async look(owner: string): Promise<PrivateTimeline> {
    const parts = { ...this.parts(), privates: this.privates };
    const ended = await endedFollows(
      { ...parts, follows: followsReader(this.follows, types) },
      owner,
    );
    return new PrivateTimeline(
      { ...parts, publics: this.publics },
      owner,
      await this.privates.head(owner),
      ended,
    );
  }

  /** ULIDs on a private timeline, newest first. */
  async shown(owner: string): Promise<string[]> {
    const timeline = await this.look(owner);
    const { items } = await timeline.list({ order: 'desc', filter: {}, limit: 10_000 });
    return items.map(({ ulid }) => ulid);
  }

  #writing() {
    const { now, sleep } = this.clock;
    const random = seededRandom(this.spans.length + 1);
    return {
      store: this.#toldFollows(),
      shards: new CounterShards(random),
      pace: { now, sleep, random, patienceMs: 20_000 },
      newUlid: this.newUlid,
    };
  }

  /** Follows whose events become the jobs that the rules of `lib/timelines.ts` make of them. */
  #toldFollows(): FollowStore {
    const jobs = jobsInto<UpkeepJob>(this.queues.upkeep);
    const told: FollowStore = {
      edges: async (pairs) => this.follows.edges(pairs),
      list: async (query) => this.follows.list(query),
      counters: async (ref) => this.follows.counters(ref),
      endedFollows: async (ref, reason) => this.follows.endedFollows(ref, reason),
      commitFollow: async (write) => {
        const commit = await this.follows.commitFollow(write);
        if (commit.outcome === 'done') {
          const span = { owner: write.follower, actor: write.followed, followId: write.followId };
          this.spans.push(span);
          await jobs.send([{ kind: 'import', pass: 1, ...span }]);
        }
        return commit;
      },
      commitUnfollow: async (write) => {
        const commit = await this.follows.commitUnfollow(write);
        const span = this.spans.find(({ followId }) => followId === write.followId);
        if (commit.outcome === 'done' && span) {
          const via = { owner: span.owner, actor: span.actor, followId: span.followId };
          span.endedAtMs = write.endedAtMs;
          const endedAt = rfc3339(write.endedAtMs);
          if (this.settings.removeOnUnfollow || write.reason === 'erased') {
            await jobs.send([{ kind: 'clean', pass: 1, ...via }]);
          } else await jobs.send([{ kind: 'keep', ...via, endedAt }]);
        }
        return commit;
      },
    };
    return faulty(told, { turn: this.turns.turn });
  }
}
