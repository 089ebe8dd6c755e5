import { setImmediate } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { contentItem } from '../../../../lambdas/push/content/content-rows.ts';
import type {
  ContentStore,
  StoredContent,
} from '../../../../lambdas/push/content/content-store.ts';
import { deleteContent } from '../../../../lambdas/push/content/delete-content.ts';
import { keys, selectJob } from '../../../../lambdas/push/contract.ts';
import type { SelectJob } from '../../../../lambdas/push/contract.ts';
import { deliver, effectsOf } from '../../../../lambdas/push/relay.ts';
import { followChange } from '../../../../lambdas/push/rules/follow-change.ts';
import type { PushRule, Supervisor } from '../../../../lambdas/shared/define/push-rule.ts';
import { NotFoundError } from '../../../../lambdas/shared/errors.ts';
import { queueHandler } from '../../../../lambdas/shared/queue-handler.ts';
import { streamHandler } from '../../../../lambdas/shared/stream-handler.ts';
import { streamRecords } from '../../../support/dynamodb-stream-record.ts';
import type { StreamChange } from '../../../support/dynamodb-stream-record.ts';
import { lambdaContext } from '../../../support/lambda-context.ts';
import { jobsInto, memoryQueue } from '../../../support/memory-queue.ts';
import { InMemoryRowStore } from '../../../support/push/in-memory-row-store.ts';
import { runQueueMappings } from '../../../support/queue-mapping.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { ContentScene } from '../content/content-scene.ts';
import { sequential } from './rule-scene.ts';

/** Content, the stream of its table, the relay, an unreliable queue, and rules: as deployed, in memory. */
class Selection {
  readonly scene = new ContentScene();
  readonly rows = new InMemoryRowStore();
  readonly #changes: StreamChange[] = [];
  readonly #dead = memoryQueue({ name: 'dead', now: this.scene.clock.now });
  readonly #queue = memoryQueue({
    name: 'select',
    now: this.scene.clock.now,
    visibilityTimeoutSeconds: 360,
    deadLetters: { queue: this.#dead, maxReceiveCount: 5 },
    unreliable: { random: seededRandom(7), duplicateRate: 0.3 },
  });
  /** Jobs as the relay sent them. */
  readonly jobs: SelectJob[] = [];
  readonly #rules: readonly PushRule[];
  readonly #content: ContentStore;

  constructor(rules: readonly PushRule[]) {
    this.#rules = rules;
    const { content } = this.scene;
    this.#content = {
      ...content,
      put: async (item) => {
        const before = await content.get(item.ref);
        const isStored = await content.put(item);
        if (isStored) this.#changed(item.ref, before, item);
        return isStored;
      },
      remove: async (item) => {
        const isRemoved = await content.remove(item);
        if (isRemoved) this.#changed(item.ref, item, undefined);
        return isRemoved;
      },
    };
  }

  get deadLetters(): number {
    return this.#dead.messages().length;
  }

  #changed(ref: string, before: StoredContent | undefined, after: StoredContent | undefined): void {
    this.#changes.push({
      keys: keys.content(ref),
      ...(before && { before: contentItem(before) }),
      ...(after && { after: contentItem(after) }),
      atMs: this.scene.clock.now(),
    });
  }

  async put(fields: Record<string, unknown>) {
    return this.scene.put(fields, { content: this.#content });
  }

  async remove(): Promise<void> {
    try {
      await deleteContent({ content: this.#content, pace: this.scene.pace }, 'note:1');
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }

  /** Lets everything follow from what happened. */
  async settle(): Promise<void> {
    const jobs = jobsInto<SelectJob>(this.#queue);
    const relay = streamHandler({
      effectsOf,
      deliver: async (effects) =>
        deliver(
          {
            bus: { publish: async () => Promise.reject(new Error('there are no events')) },
            jobs: {
              send: async (sent, delaySeconds) => {
                this.jobs.push(...sent);
                await jobs.send(sent, delaySeconds);
              },
            },
          },
          effects,
        ),
      failures: { send: async () => Promise.reject(new Error('nothing is parked')) },
      log: silentLog(),
    });
    const records = streamRecords(this.#changes.splice(0));
    const { batchItemFailures } = await relay({ Records: records }, lambdaContext('relay', '1'));
    if (batchItemFailures.length > 0) throw new Error('the relay wants changes again');

    const { clock, binaries, content } = this.scene;
    const pace = {
      now: clock.now,
      // Longer than any function of a rule that does not hang.
      wait: async () => {
        for (let turn = 0; turn < 3; turn += 1) await setImmediate();
      },
    };
    const parts = { content, binaries, rows: this.rows, rules: this.#rules, types: ['note'], pace };
    const handler = queueHandler({
      schema: selectJob,
      run: async (job) => followChange(parts, job),
      log: silentLog(),
    });
    const mapping = { queue: this.#queue, handler, batchSize: 10, reportBatchItemFailures: true };
    await runQueueMappings({ mappings: [mapping], clock });
  }

  async rowsOf(rule: string): Promise<string[]> {
    const { items } = await this.rows.list({ rule }, { after: undefined, limit: 10_000 });
    return items.map(({ status }) => status);
  }
}

const places = [
  'supervise',
  'filterByType',
  'filterByUpdates',
  'filterByState',
  'afterSelect',
] as const;
const ways = {
  throws: (): never => {
    throw new Error('broken');
  },
  rejects: async (): Promise<never> => Promise.reject(new Error('broken')),
  hangs: async (): Promise<never> => new Promise<never>(() => undefined),
};

function brokenRule(place: (typeof places)[number], way: keyof typeof ways): PushRule {
  const act = ways[way];
  const supervisor: Partial<Supervisor> = place === 'supervise' ? {} : { [place]: act };
  const rule = { ...sequential('broken', supervisor), targets: ['here'] };
  return place === 'supervise' ? { ...rule, supervise: act } : rule;
}

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ put: fc.record({ a: fc.nat(2), b: fc.nat(2) }) }) },
  { weight: 1, arbitrary: fc.constant('delete' as const) },
  { weight: 2, arbitrary: fc.constant('settle' as const) },
);

test('whatever rules do, saves succeed, and every change is one job and no job is for nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 15 }),
      fc.constantFrom(...places),
      fc.constantFrom('throws' as const, 'rejects' as const, 'hangs' as const),
      async (steps, place, way) => {
        const selection = new Selection([
          brokenRule(place, way),
          { ...sequential('all', {}), targets: ['here'] },
          {
            ...sequential('of-a', { filterByUpdates: (changed) => changed.includes('a') }),
            targets: ['here'],
          },
        ]);
        // What the item is, and what changed since the rules were asked last.
        let item: { a: number; b: number } | undefined;
        let waiting: { created: boolean; ofA: boolean }[] = [];
        const said: string[][] = [];
        const expected = { said: [] as string[][], jobs: 0, failed: 0, all: false, ofA: false };
        const settle = async () => {
          await selection.settle();
          for (const { created, ofA } of waiting) {
            const asksUpdates = place === 'filterByUpdates' && created;
            expected.failed += asksUpdates ? 0 : 1;
            expected.all = true;
            expected.ofA ||= created || ofA;
          }
          waiting = [];
        };
        for (const one of steps) {
          selection.scene.clock.advance(1);
          if (one === 'settle') {
            await settle();
          } else if (one === 'delete') {
            await selection.remove();
            item = undefined;
            // Of an item that is gone the rules are asked nothing.
            waiting = [];
          } else {
            const { put } = one;
            const answer = await selection.put(put);
            const [a, b] = [item?.a !== put.a, item?.b !== put.b];
            said.push(answer.changed.toSorted());
            expected.said.push([...(a ? ['a'] : []), ...(b ? ['b'] : [])]);
            if (a || b) {
              expected.jobs += 1;
              waiting.push({ created: item === undefined, ofA: a });
            }
            item = put;
          }
        }
        await settle();

        expect(said).toEqual(expected.said);
        expect(selection.jobs).toHaveLength(expected.jobs);
        expect(selection.deadLetters).toBe(0);
        const rows = await selection.rowsOf('broken');
        expect(rows.filter((status) => status !== 'NEW')).toHaveLength(expected.failed);
        expect(await selection.rowsOf('all')).toEqual(expected.all ? ['NEW'] : []);
        expect(await selection.rowsOf('of-a')).toEqual(expected.ofA ? ['NEW'] : []);
      },
    ),
    { numRuns: 100 },
  );
});

test('an item that is made again is selected again, within the same moment too', async () => {
  const selection = new Selection([{ ...sequential('all', {}), targets: ['here'] }]);
  const claims = { lane: 'here#0', epoch: 1 };
  const run = selection.scene.newUlid(0);
  for (let life = 1; life <= 3; life += 1) {
    await selection.put({ a: 1 });
    await selection.settle();
    const { items } = await selection.rows.oldest('NEW', {}, { after: undefined, limit: 10 });
    expect(items).toHaveLength(1);
    await selection.rows.claim(items[0]?.ulid ?? '', { claim: claims, run });
    await selection.remove();
  }
  expect(await selection.rowsOf('all')).toEqual(['IN_PROGRESS', 'IN_PROGRESS', 'IN_PROGRESS']);
});
