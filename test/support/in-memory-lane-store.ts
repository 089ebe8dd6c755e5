import { isDeepStrictEqual } from 'node:util';
import { keys } from '../../lambdas/webhooks/contract.ts';
import type { DueRow } from '../../lambdas/webhooks/delivery-store.ts';
import { emptyLane } from '../../lambdas/webhooks/lane.ts';
import type { Lane } from '../../lambdas/webhooks/lane.ts';
import { recordsPerRead } from '../../lambdas/webhooks/lane-store.ts';
import type { BatchRecord, LaneStore } from '../../lambdas/webhooks/lane-store.ts';
import type { DueLanes } from './in-memory-delivery-store.ts';

/** Lanes by the rules of their table. */
export class InMemoryLaneStore implements LaneStore {
  readonly #lanes = new Map<string, Lane>();
  readonly #records = new Map<string, Map<string, BatchRecord>>();
  readonly #queues = new Map<string, Map<string, string>>();

  /** For the deliveries' double, whose index holds lanes too. */
  readonly dueLanes: DueLanes = {
    due: () =>
      [...this.#lanes.values()].flatMap(({ hook, due, wakeAt }): DueRow[] =>
        due && wakeAt !== undefined ? [{ hook, dueAt: wakeAt }] : [],
      ),
    undue: ({ hook, dueAt }) => {
      const lane = this.#lanes.get(hook);
      if (lane?.due && lane.wakeAt === dueAt) this.#lanes.set(hook, clean({ ...lane, due: false }));
    },
  };

  read(hook: string): Promise<Lane> {
    const lane = this.#lanes.get(hook);
    return Promise.resolve(lane ? structuredClone(lane) : emptyLane(hook));
  }

  save(lane: Lane): Promise<'saved' | 'changed'> {
    const stored = this.#lanes.get(lane.hook);
    const after = clean({ ...lane, version: lane.version + 1 });
    if ((stored?.version ?? 0) !== lane.version) {
      return Promise.resolve(isDeepStrictEqual(stored, after) ? 'saved' : 'changed');
    }
    this.#lanes.set(lane.hook, after);
    return Promise.resolve('saved');
  }

  record(hook: string, record: BatchRecord): Promise<void> {
    const { sk } = keys.record(hook, record.batch, record.first);
    inPart(this.#records, hook).set(sk, structuredClone(record));
    return Promise.resolve();
  }

  records(hook: string, batch: number, limit = recordsPerRead): Promise<BatchRecord[]> {
    const first = keys.record(hook, batch, '').sk;
    const found = sorted(inPart(this.#records, hook)).filter(([sk]) => sk >= first);
    return Promise.resolve(found.slice(0, limit).map(([, record]) => structuredClone(record)));
  }

  enqueue(hook: string, sequence: string, delivery: string): Promise<void> {
    inPart(this.#queues, hook).set(keys.queued(hook, sequence).sk, `${sequence} ${delivery}`);
    return Promise.resolve();
  }

  queued(hook: string, limit: number): Promise<{ sequence: string; delivery: string }[]> {
    const first = sorted(inPart(this.#queues, hook)).slice(0, limit);
    return Promise.resolve(
      first.map(([, entry]) => {
        const [sequence = '', delivery = ''] = entry.split(' ');
        return { sequence, delivery };
      }),
    );
  }

  dequeue(hook: string, sequence: string): Promise<void> {
    inPart(this.#queues, hook).delete(keys.queued(hook, sequence).sk);
    return Promise.resolve();
  }
}

function inPart<T>(parts: Map<string, Map<string, T>>, hook: string): Map<string, T> {
  const part = parts.get(hook) ?? new Map<string, T>();
  parts.set(hook, part);
  return part;
}

function sorted<T>(part: Map<string, T>): [string, T][] {
  return [...part].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

/** A copy as the table gives it back: without what is undefined, and due only while it is. */
function clean({ due, ...lane }: Lane): Lane {
  return JSON.parse(JSON.stringify({ ...lane, ...(due && { due }) })) as Lane;
}
