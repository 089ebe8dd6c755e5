import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { faultsInTurn } from '../../support/faulty.ts';
import type { Fault } from '../../support/faulty.ts';
import { runQueueMappings } from '../../support/queue-mapping.ts';
import { seededRandom } from '../../support/seeded-random.ts';
import { answers, WebhooksApp } from '../../support/webhooks-app.ts';

/*
 * Events, hooks that fail, hang, are disabled, enabled and deleted, queues that deliver twice and in any
 * order, and functions that die anywhere. In the end every event has reached each hook that wanted it, or
 * is on record for it.
 */

const faults: Record<string, Fault | undefined> = {
  none: undefined,
  refused: { kind: 'refused', error: new TransientError('refused') },
  lost: { kind: 'answer lost', error: new TransientError('lost') },
  'dies before': { kind: 'refused', error: new Error('died') },
  'dies after': { kind: 'answer lost', error: new Error('died') },
};
const fault = fc.oneof(
  { weight: 10, arbitrary: fc.constant('none') },
  { weight: 2, arbitrary: fc.constantFrom('refused', 'lost') },
  { weight: 2, arbitrary: fc.constantFrom('dies before', 'dies after') },
);

const hookNumber = fc.nat({ max: 2 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('emit'), large: fc.boolean() }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('work'),
      rounds: fc.integer({ min: 1, max: 4 }),
      faults: fc.array(fault, { maxLength: 25, size: 'max' }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('due'), faults: fc.array(fault, { maxLength: 3 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('wait'),
      ms: fc.constantFrom(1_000, 60_000, 7_200_000),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('receiver'),
      hook: hookNumber,
      answer: fc.constantFrom<NonNullable<Step['answer']>[]>('ok', 'failing', 'hanging', 'gone'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('disable', 'enable', 'delete'),
      hook: hookNumber,
    }),
  },
);
interface Step {
  kind: string;
  large?: boolean;
  rounds?: number;
  faults?: string[];
  ms?: number;
  hook?: number;
  answer?: 'ok' | 'failing' | 'hanging' | 'gone';
}

class Model {
  readonly app: WebhooksApp;
  readonly hooks: Hook[] = [];
  readonly events: string[] = [];
  readonly deleted = new Set<string>();

  constructor(seed: number) {
    const random = seededRandom(seed);
    const unreliable = { random, duplicateRate: 0.1 };
    // However often functions die, no message is given up: that is another test's.
    this.app = new WebhooksApp({ seed, unreliable, maxReceiveCount: 1_000 });
  }

  async begin(): Promise<void> {
    const more: Partial<Hook>[] = [
      {},
      { retry: { retries: 1, retryInterval: 1_000 }, onExhausted: 'discard' },
      { retry: { retries: 2, retryInterval: 30 }, rateLimit: { perSecond: 1 } },
    ];
    for (const [at, one] of more.entries()) {
      this.hooks.push(
        await this.app.hook({ target: `https://receiver-${String(at)}.example`, ...one }),
      );
    }
  }

  async run({ kind, ...one }: Step): Promise<void> {
    const { app } = this;
    const hook = this.hooks[one.hook ?? 0];
    if (!hook) throw new Error('there is one');
    const plan = faultsInTurn((one.faults ?? []).map((name) => faults[name]));
    if (kind === 'emit') {
      const data = { n: this.events.length, text: 'x'.repeat(one.large ? 600 : 1) };
      this.events.push(app.emit('follow.created', data));
    } else if (kind === 'work') await this.#work(one.rounds ?? 1, plan);
    else if (kind === 'due') await app.duePass(plan).catch(() => undefined);
    else if (kind === 'wait') app.clock.advance(one.ms ?? 0);
    else if (kind === 'receiver') {
      const answer = {
        ok: answers.ok,
        failing: answers.refused(500),
        hanging: answers.failing('timeout'),
        gone: answers.refused(410),
      }[one.answer ?? 'ok'];
      app.receivers.set(hook.target, () => answer);
    } else if (this.deleted.has(hook.ulid)) return;
    else if (kind === 'disable') await app.disable(hook);
    else if (kind === 'enable') await app.enable(hook);
    else {
      await app.hooks.remove(await app.now(hook));
      this.deleted.add(hook.ulid);
    }
  }

  async #work(rounds: number, plan: ReturnType<typeof faultsInTurn>): Promise<void> {
    const { events, posts } = this.app.handlers(plan);
    const reportBatchItemFailures = true;
    await runQueueMappings({
      mappings: [
        { queue: this.app.queues.events, handler: events, reportBatchItemFailures },
        { queue: this.app.queues.posts, handler: posts, reportBatchItemFailures, concurrency: 2 },
      ],
      clock: this.app.clock,
      until: ({ invocations }) => invocations.length >= rounds,
    });
  }

  /** What is not as it has to be. */
  wrong(): string[] {
    const { app, hooks, events, deleted } = this;
    const rows = new Map(app.deliveries.all().map((row) => [`${row.hook} ${row.event.id}`, row]));
    const reached = new Set(
      app.posts
        .filter(({ error }) => error === undefined)
        .map(({ target, id }) => `${target} ${id}`),
    );
    const lost = hooks
      .filter(({ ulid }) => !deleted.has(ulid))
      .flatMap(({ ulid, target }) =>
        events.flatMap((event) => {
          const status = rows.get(`${ulid} ${event}`)?.status;
          const hasReached = reached.has(`${target} ${event}`);
          if (status === 'delivered' && hasReached) return [];
          if (['failed', 'held', 'discarded'].includes(status ?? '')) return [];
          return [`${event} for ${target}: ${String(status)}, reached: ${String(hasReached)}`];
        }),
      );
    const bodies = new Map<string, string>();
    const differing = app.posts.filter(({ id, body }) => {
      const before = bodies.get(id) ?? body;
      bodies.set(id, before);
      return before !== body || (JSON.parse(body) as { id: string }).id !== id;
    });
    const strange = [...bodies.keys()].filter((id) => !events.includes(id));
    const dead = app.deadLetters.messages().map(({ body }) => `dead: ${body}`);
    return [...lost, ...differing.map(({ id }) => `another body of ${id}`), ...strange, ...dead];
  }
}

/** Enough to notice a break; for a longer search set MODEL_RUNS. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 100);

test('every event reaches each hook that wants it, or is on record for it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer(),
      fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }),
      async (seed, steps) => {
        const model = new Model(seed);
        await model.begin();
        for (const one of steps) await model.run(one);
        for (const { target } of model.hooks) model.app.receivers.delete(target);
        await model.app.settle();
        expect(model.wrong()).toEqual([]);
      },
    ),
    { numRuns },
  );
}, 600_000);
