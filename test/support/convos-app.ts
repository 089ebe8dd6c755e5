import type { DynamoDBRecord } from 'aws-lambda';
import type { BlockStore } from '../../lambdas/convos/block-store.ts';
import { relayedChanges, upkeepJob } from '../../lambdas/convos/contract.ts';
import type { UpkeepJob } from '../../lambdas/convos/contract.ts';
import type { ConvoStore } from '../../lambdas/convos/convo-store.ts';
import { nonceOf } from '../../lambdas/convos/message.ts';
import { deliver, effectsOf } from '../../lambdas/convos/relay.ts';
import { convosRoutes } from '../../lambdas/convos/routes.ts';
import { convosSettings } from '../../lambdas/convos/settings.ts';
import type { ConvosSettings } from '../../lambdas/convos/settings.ts';
import type { UpkeepStore } from '../../lambdas/convos/upkeep-store.ts';
import { upkeep } from '../../lambdas/convos/upkeep.ts';
import type { DomainEvent } from '../../lambdas/shared/events/domain-event.ts';
import { apiHandler } from '../../lambdas/shared/http/api-handler.ts';
import { signedCursors } from '../../lambdas/shared/http/cursor.ts';
import { rfc3339 } from '../../lambdas/shared/identifier.ts';
import { queueHandler } from '../../lambdas/shared/queue-handler.ts';
import { streamHandler } from '../../lambdas/shared/stream-handler.ts';
import type { ParkedChange } from '../../lambdas/shared/stream-handler.ts';
import type { StreamChange } from './dynamodb-stream-record.ts';
import { streamRecords } from './dynamodb-stream-record.ts';
import { faulty } from './faulty.ts';
import type { FaultPlan } from './faulty.ts';
import { countingUlids } from './follow-writing.ts';
import { inMemoryConvos } from './in-memory-convos.ts';
import { Turns } from './turns.ts';
import { jobsInto, memoryQueue } from './memory-queue.ts';
import type { MemoryQueueOptions } from './memory-queue.ts';
import { runQueueMappings } from './queue-mapping.ts';
import type { QueueRun } from './queue-mapping.ts';
import { seededRandom } from './seeded-random.ts';
import { silentLog } from './silent-log.ts';
import { runStreamMapping } from './stream-mapping.ts';
import { slowConvos } from './convos-slow-table.ts';
import { torn } from './convos-torn-reads.ts';
import { virtualClock } from './virtual-clock.ts';

/** The ports of convos. */
export interface ConvosPorts {
  store: ConvoStore;
  blocks: BlockStore;
  upkeep: UpkeepStore;
}

export interface ConvosAppOptions {
  settings?: Partial<ConvosSettings>;
  /** The upkeep's queue hands out in any order, and some messages twice. */
  unreliable?: MemoryQueueOptions['unreliable'];
  /** @default 5, as `lib/alarmed-queue.ts` sets it */
  maxReceiveCount?: number;
  /** Transactions are applied item by item while others read. */
  slow?: boolean;
}

/** What is done to the ports of one invocation. */
export interface Handling {
  faults?: FaultPlan | undefined;
  /** Sees each call when it takes effect, behind the faults. */
  observed?: (ports: ConvosPorts) => ConvosPorts;
  /** By how much this function's clock is ahead of the others'. @default 0 */
  aheadMs?: number;
}

/** As `lib/functions/stream-function.ts` sets it. */
const streamOptions = {
  batchSize: 100,
  bisectBatchOnFunctionError: true,
  reportBatchItemFailures: true,
  maximumRetryAttempts: 10_000,
  maximumRecordAgeInSeconds: 23 * 3600,
};

/**
 * Convos as deployed, in memory: the real code over doubles, the changes that the table's stream holds,
 * and the upkeep's queue. Nothing is handed on by itself: `relay`, `runUpkeep` and `settle` do that.
 */
export class ConvosApp {
  readonly clock = virtualClock(Date.parse('2026-11-21T10:30:00Z'));
  readonly turns = new Turns();
  readonly settings: ConvosSettings;
  readonly log = silentLog();
  readonly newUlid = countingUlids();
  /** Changes that the relay has not got yet, oldest first. */
  readonly changes: (StreamChange & { id: string })[] = [];
  /** As they reached the bus; some of them more than once. */
  readonly events: DomainEvent[] = [];
  readonly parked: ParkedChange[] = [];
  readonly deadLetters = memoryQueue({ name: 'dead', now: this.clock.now });
  readonly queue;
  readonly stores;
  readonly #random = seededRandom(1);
  #made = 0;

  constructor({ settings, unreliable, maxReceiveCount = 5, slow }: ConvosAppOptions = {}) {
    this.settings = { ...convosSettings.parse({}), ...settings };
    const { now } = this.clock;
    this.queue = memoryQueue({
      name: 'upkeep',
      now,
      deadLetters: { queue: this.deadLetters, maxReceiveCount },
      visibilityTimeoutSeconds: 360,
      ...(unreliable && { unreliable }),
    });
    const { turn } = this.turns;
    const options = {
      onChange: (change: Omit<StreamChange, 'atMs'>) => {
        this.changes.push({ ...change, atMs: now(), id: `change ${++this.#made}` });
      },
      inFlight: async () => turn('in flight'),
    };
    this.stores = slow === true ? slowConvos(options, turn, this.#random) : inMemoryConvos(options);
  }

  /** What the functions work with; `handling` is that of one invocation. */
  parts({ faults, observed = (ports) => ports, aheadMs = 0 }: Handling = {}) {
    const { clock } = this;
    const now = () => clock.now() + aheadMs;
    const { turn } = this.turns;
    const port = <P extends object>(real: P): P =>
      faulty(real, { turn, ...(faults && { plan: faults }) });
    const { blocks, upkeep: upkeepStore } = this.stores;
    const ports = observed({
      store: torn(this.stores.store, turn, this.#random),
      blocks,
      upkeep: upkeepStore,
    });
    const sleep = async (ms: number): Promise<void> => {
      clock.advance(ms);
      await turn('pause');
    };
    return {
      store: port(ports.store),
      blocks: port(ports.blocks),
      upkeep: port(ports.upkeep),
      jobs: port(jobsInto<UpkeepJob>(this.queue)),
      pace: { now, sleep, random: this.#random, patienceMs: 3_600_000 },
      now,
      newUlid: this.newUlid,
      newNonce: () => nonceOf(this.newUlid(0)),
      newThreadsPerHour: this.settings.newThreadsPerHour,
      cursors: signedCursors(() => Promise.resolve(Buffer.from('a key of the test'))),
    };
  }

  /** The API's function, over one invocation's parts. */
  api(handling?: Handling) {
    const routes = convosRoutes(this.parts(handling));
    return apiHandler({ routes, log: this.log, userType: 'user' });
  }

  /** Hands the changes that the stream holds to the relay, in order, until it has taken them. */
  async relay({ faults }: Handling = {}): Promise<void> {
    const changes = this.changes.splice(0);
    const records = streamRecords(changes)
      .map((record, index) => ({ ...record, eventID: changes[index]?.id ?? '' }))
      .filter(isRelayed);
    const { turn } = this.turns;
    const plan = faults && { plan: faults };
    const bus = {
      publish: (events: readonly DomainEvent[]) => {
        this.events.push(...events);
        return Promise.resolve(events.map(() => 'done' as const));
      },
    };
    const to = {
      bus: faulty(bus, { turn, ...plan }),
      jobs: faulty(jobsInto<UpkeepJob>(this.queue), { turn, ...plan }),
    };
    const handler = streamHandler({
      effectsOf: (change) => effectsOf(change, this.settings),
      deliver: async (effects) => deliver(to, effects),
      failures: {
        send: (parked: readonly ParkedChange[]) => {
          this.parked.push(...parked);
          return Promise.resolve();
        },
      },
      log: this.log,
    });
    await runStreamMapping({ records, handler, mapping: streamOptions, clock: this.clock });
  }

  /** Runs the upkeep's jobs, until there are none or as many runs as said. */
  async runUpkeep(
    handling?: Handling,
    { runs = Infinity, concurrency = 1 }: { runs?: number; concurrency?: number } = {},
  ): Promise<QueueRun> {
    const { log, queue, clock } = this;
    const handler = queueHandler({
      schema: upkeepJob,
      run: async (job) => upkeep(this.parts(handling), job),
      log,
    });
    const mapping = { queue, handler, batchSize: 1, reportBatchItemFailures: true, concurrency };
    const until = (run: QueueRun) => run.invocations.length >= runs;
    return runQueueMappings({ mappings: [mapping], clock, until });
  }

  /** Lets everything be done that follows from what happened. */
  async settle(handling?: Handling): Promise<void> {
    while (this.changes.length > 0 || this.queue.messages().length > 0) {
      await this.relay();
      await this.runUpkeep(handling);
    }
  }

  /** Begins the erasure of a user, as the event of follows does; nothing of it is done yet. */
  startErasure(ref: string): Extract<UpkeepJob, { kind: 'erase' }> {
    const startedAtMs = this.clock.now();
    const erasureId = this.newUlid(startedAtMs);
    const startedAt = rfc3339(startedAtMs);
    const job = { kind: 'erase', pass: 1, ref, erasureId, startedAt } as const;
    this.queue.send(JSON.stringify(job));
    return job;
  }

  /** Removes what is past its time to live, as DynamoDB does sooner or later. */
  expire(): void {
    const { table } = this.stores;
    const nowSeconds = this.clock.now() / 1000;
    for (const { pk, sk, expiresAt } of table.all) {
      if (typeof expiresAt !== 'number' || expiresAt > nowSeconds) continue;
      table.change({ key: { pk: String(pk), sk: String(sk) }, change: () => undefined });
    }
  }
}

/** Whether the stream's filters call the relay for a record. */
function isRelayed({ eventName, dynamodb }: DynamoDBRecord): boolean {
  const { pk, sk } = dynamodb?.Keys ?? {};
  return relayedChanges.some(
    (wanted) =>
      pk?.S?.startsWith(wanted.pk) === true &&
      sk?.S?.startsWith(wanted.sk ?? '') === true &&
      (!wanted.kinds || wanted.kinds.some((kind) => kind === eventName)),
  );
}
