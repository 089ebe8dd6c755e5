import type { Content } from '../../../lambdas/shared/define/content-type.ts';
import type { PushRule } from '../../../lambdas/shared/define/push-rule.ts';
import type { PushTarget } from '../../../lambdas/shared/define/push-target.ts';
import type { Connection } from '../../../lambdas/shared/define/push-sender.ts';
import { stableUlid } from '../../../lambdas/shared/identifier.ts';
import { asContent, contentReader } from '../../../lambdas/push/content/content-reader.ts';
import type { StoredContent } from '../../../lambdas/push/content/content-store.ts';
import type { WorkJob } from '../../../lambdas/push/contract.ts';
import type { Row } from '../../../lambdas/push/queue/row.ts';
import { ruleBook } from '../../../lambdas/push/rules/rule-book.ts';
import { everyMinute } from '../../../lambdas/push/runs/every-minute.ts';
import type { Run } from '../../../lambdas/push/runs/run.ts';
import { startMassRun } from '../../../lambdas/push/runs/start-mass.ts';
import { startRun } from '../../../lambdas/push/runs/start-run.ts';
import { work } from '../../../lambdas/push/worker/work.ts';
import type { WorkParts } from '../../../lambdas/push/worker/work-parts.ts';
import { jobsInto, memoryQueue } from '../memory-queue.ts';
import type { MemoryQueue } from '../memory-queue.ts';
import { silentLog } from '../silent-log.ts';
import { SimulatedTime } from '../simulated-time.ts';
import { InMemoryContentStore } from './in-memory-content-store.ts';
import { InMemoryLaneStore } from './in-memory-lane-store.ts';
import { InMemoryOutbox } from './in-memory-outbox.ts';
import { InMemoryRowStore } from './in-memory-row-store.ts';
import { InMemoryRunStore } from './in-memory-run-store.ts';
import { WorkerExporter } from './worker-exporter.ts';
import { WorkerServer } from './worker-server.ts';

/** Decides of each call of a worker, counted from 1 over all workers, whether it is that worker's last. */
export type Fate = (call: number, name: string) => 'dies before' | 'dies after' | undefined;

export interface SceneOptions {
  rules: readonly PushRule[];
  targets: readonly PushTarget[];
  maxAttempts?: number;
  /** Workers at the same time. @default 3 */
  workers?: number;
  fate?: Fate;
  random?: () => number;
}

const never = new Promise<never>(() => undefined);

/** Push in memory: workers that may die at any call, the schedule, a partner's server, simulated time. */
export class WorkerScene {
  readonly time = new SimulatedTime(Date.UTC(2026, 10, 21, 10));
  readonly content = new InMemoryContentStore();
  readonly rows = new InMemoryRowStore();
  readonly runs = new InMemoryRunStore();
  readonly lanes = new InMemoryLaneStore();
  readonly outbox = new InMemoryOutbox(new Map(), this.time.now);
  readonly server = new WorkerServer();
  readonly exporter = new WorkerExporter(this.outbox);
  readonly queue: MemoryQueue;
  readonly counted: Record<string, number> = {};
  readonly gauges: number[] = [];
  readonly failures: unknown[] = [];
  readonly finished: { ulid: string; status: string; version: number }[] = [];
  readonly book: ReturnType<typeof ruleBook>;
  fate: Fate;
  calls = 0;
  deaths = 0;
  scheduled = true;
  readonly #options: SceneOptions;
  #made = 0;

  constructor(options: SceneOptions) {
    this.#options = options;
    this.fate = options.fate ?? (() => undefined);
    this.book = ruleBook(options.rules, options.targets, {});
    this.queue = memoryQueue({
      name: 'work',
      now: this.time.now,
      visibilityTimeoutSeconds: 5_400,
    });
  }

  /** A worker's parts, as long as it lives. */
  parts(): WorkParts {
    const { time, rows, book, server, counted, finished } = this;
    const meter = {
      count: (name: string, value: number) => {
        counted[name] = (counted[name] ?? 0) + value;
      },
    };
    const watched: WorkParts['rows'] = new Proxy(rows, {
      get: (target, key) => {
        if (key !== 'finish') return bound(target, key);
        return async (row: Row, ...rest: [never, never]) => {
          const isDone = await target.finish(row, ...rest);
          const now = await target.get(row.ulid);
          if (isDone)
            finished.push({ ulid: row.ulid, status: now?.status ?? '', version: row.version });
          return isDone;
        };
      },
    });
    return {
      book,
      rows: watched,
      runs: this.runs,
      lanes: this.lanes,
      jobs: jobsInto<WorkJob>(this.queue),
      outbox: this.outbox,
      exporter: this.exporter,
      connector: server,
      tools: { content: contentReader(this.content) },
      settings: { maxAttempts: this.#options.maxAttempts ?? 5, timeoutSeconds: 30 },
      meter,
      log: silentLog(),
      now: time.now,
      random: this.#options.random ?? (() => 0.5),
      pause: async (ms, signal) => {
        if (signal?.aborted === true) return;
        await Promise.race([
          time.sleep(ms),
          new Promise((wake) => signal?.addEventListener('abort', wake)),
        ]);
      },
    };
  }

  /** The same, of a worker that dies when its time has come: nothing that it calls answers any more. */
  #mortal(): { parts: WorkParts; death: Promise<'dead'> } {
    const parts = this.parts();
    const life = { isOver: false };
    const open: Connection[] = [];
    const { promise: death, resolve } = Promise.withResolvers<'dead'>();
    const die = (): void => {
      life.isOver = true;
      this.deaths += 1;
      for (const connection of open) void connection.close();
      resolve('dead');
    };
    const call = async <T>(name: string, made: () => Promise<T>): Promise<T> => {
      if (life.isOver) return never;
      this.calls += 1;
      const fate = this.fate(this.calls, name);
      if (fate === 'dies before') {
        die();
        return never;
      }
      const answer = await made();
      if (fate === 'dies after' && !isOver(life)) die();
      return isOver(life) ? never : answer;
    };
    const mortal = <Port extends object>(port: Port, of: string): Port =>
      new Proxy(port, {
        get: (target, key): unknown => {
          const member: unknown = bound(target, key);
          if (!isMethod(member) || typeof key !== 'string') return member;
          if (key === 'usable') return member;
          return (...args: unknown[]) => call(`${of}.${key}`, async () => await member(...args));
        },
      });
    return {
      death,
      parts: {
        ...parts,
        rows: mortal(parts.rows, 'rows'),
        runs: mortal(parts.runs, 'runs'),
        lanes: mortal(parts.lanes, 'lanes'),
        jobs: mortal(parts.jobs, 'jobs'),
        outbox: mortal(parts.outbox, 'outbox'),
        exporter: mortal(parts.exporter, 'exporter'),
        connector: {
          connect: (target, signal) =>
            call('connector.connect', async () => {
              const connection = await parts.connector.connect(target, signal);
              open.push(connection);
              return mortal(connection, 'connection');
            }),
        },
      },
    };
  }

  /** Lets time pass, with workers and the schedule, until it is so; nothing for longer than a day. */
  async until(isSo: () => Promise<boolean>, mostMs = 86_400_000): Promise<void> {
    const shift = { isOver: false };
    const endMs = this.time.now() + mostMs;
    const pollers = Array.from({ length: this.#options.workers ?? 3 }, () => this.#poll(shift));
    const schedule = this.#schedule(shift);
    await this.time.run(
      (async () => {
        while (!(await isSo())) {
          if (this.time.now() > endMs) throw new Error('it did not come to pass');
          await this.time.sleep(1_000);
        }
        shift.isOver = true;
        await Promise.all([...pollers, schedule]);
      })(),
    );
  }

  /** Until nothing is NEW or in progress, and no run is running. */
  async untilQuiet(): Promise<void> {
    await this.until(async () => {
      const counts = await Promise.all([this.rows.count('NEW'), this.rows.count('IN_PROGRESS')]);
      const running = await this.runs.running();
      return counts.every((count) => count === 0) && running.length === 0;
    });
  }

  async #poll(shift: { isOver: boolean }): Promise<void> {
    while (!shift.isOver) {
      const [record] = this.queue.receive(1);
      if (record === undefined) {
        await this.time.sleep(1_000);
        continue;
      }
      const job = JSON.parse(record.body) as WorkJob;
      const { parts, death } = this.#mortal();
      try {
        const end = await Promise.race([work(parts, job).then(() => 'done' as const), death]);
        if (end === 'done') this.queue.delete(record.messageId);
      } catch (error) {
        this.failures.push(error);
      }
    }
  }

  async #schedule(shift: { isOver: boolean }): Promise<void> {
    while (!shift.isOver) {
      await this.time.sleep(60_000);
      if (this.scheduled && !isOver(shift)) await this.minute();
    }
  }

  async minute(): Promise<Record<string, number>> {
    return everyMinute({
      ...this.parts(),
      settings: { checkOldAgeSeconds: 600, checkTooOldAgeSeconds: 1_800 },
      meter: { gauge: (_name, value) => void this.gauges.push(value) },
      newUlid: (atMs) => this.newUlid(atMs),
    });
  }

  newUlid(atMs = this.time.now()): string {
    this.#made += 1;
    return stableUlid(atMs, String(this.#made));
  }

  /** Puts an item of content, in its next version, without asking the rules. */
  async put(ref: string, fields: Record<string, unknown> = {}): Promise<Content> {
    const before = await this.content.get(ref);
    const [type = '', id = ''] = ref.split(':');
    const at = new Date(this.time.now()).toISOString();
    const item: StoredContent = {
      ref,
      type,
      id,
      version: (before?.version ?? 0) + 1,
      fields,
      related: [],
      binaries: [],
      createdAt: before?.createdAt ?? at,
      updatedAt: at,
      ulid: before?.ulid ?? this.newUlid(),
    };
    await this.content.put(item);
    return asContent(item);
  }

  /** A change that a rule has selected: content, and a row of it. @returns the row's ULID */
  async change(ref: string, to: { rule?: string; target?: string } = {}): Promise<string> {
    const { rule = 'stories', target = 'one' } = to;
    await this.put(ref);
    return this.enqueue(ref, { rule, target });
  }

  async enqueue(ref: string, { rule, target }: { rule: string; target: string }): Promise<string> {
    const createdMs = this.time.now();
    const ulid = this.newUlid(createdMs);
    await this.rows.enqueue({ ulid, rule, target, content: ref, createdMs });
    return ulid;
  }

  /** As `POST /v1/push/run` does. */
  async start(rule?: string): Promise<string> {
    const ulid = this.newUlid();
    await startRun(this.parts(), { ulid, rule });
    return ulid;
  }

  async startMass(rule: string, args: readonly string[] = []): Promise<string> {
    const ulid = this.newUlid();
    await startMassRun(this.parts(), { ulid, rule, args });
    return ulid;
  }

  /** A run when it has ended. */
  async ended(ulid: string): Promise<Run> {
    const isEnded = async () => (await this.runs.get(ulid))?.state !== 'running';
    await this.until(isEnded);
    return this.run(ulid);
  }

  async run(ulid: string): Promise<Run> {
    const run = await this.runs.get(ulid);
    if (run === undefined) throw new Error('no such run');
    return run;
  }

  async row(ulid: string): Promise<Row> {
    const row = await this.rows.get(ulid);
    if (row === undefined) throw new Error('no such row');
    return row;
  }

  async allRows(): Promise<Row[]> {
    return (await this.rows.list({}, { after: undefined, limit: Infinity })).items;
  }
}

/** Asked anew: it changes while others wait. */
function isOver(shift: { isOver: boolean }): boolean {
  return shift.isOver;
}

function isMethod(member: unknown): member is (...args: unknown[]) => unknown {
  return typeof member === 'function';
}

function bound(target: object, key: string | symbol): unknown {
  const member: unknown = Reflect.get(target, key);
  return isMethod(member) ? member.bind(target) : member;
}

/** A target on a host of its own. */
export function targetNamed(name: string, more: Partial<PushTarget> = {}): PushTarget {
  return { name, url: `dummy://${name}.example.org/in`, ...more };
}

/** A rule that pushes what changes. */
export function sequential(name = 'stories', more: Partial<PushRule> = {}): PushRule {
  return {
    kind: 'sequential',
    name,
    description: 'Stories for a partner.',
    targets: ['one'],
    supervise: () => ({ outputs: () => [] }),
    ...more,
  } as PushRule;
}
