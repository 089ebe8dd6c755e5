import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PermanentError } from '../../../../lambdas/shared/errors.ts';
import { hasFailed } from '../../../../lambdas/push/queue/status.ts';
import { seededRandom } from '../../../support/seeded-random.ts';
import { CutError } from '../../../support/push/worker-server.ts';
import { sequential, targetNamed, WorkerScene } from '../../../support/push/worker-scene.ts';

const ids = [1, 2, 3, 4];
const rules = ['stories', 'other'];
const targets = ['one', 'two'];

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('change'), id: fc.constantFrom(...ids) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('run'), rule: fc.constantFrom(undefined, ...rules) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('pass'), seconds: fc.integer({ min: 1, max: 150 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('reset') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('mood'),
      mood: fc.constantFrom('well', 'slow', 'broken', 'refusing'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('death') }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class Model {
  readonly world: WorkerScene;
  readonly made = new Set<string>();
  /** What should never be. */
  readonly flaws: string[] = [];
  mood = 'well';
  #deathsDue = 0;

  constructor(seed: number) {
    const random = seededRandom(seed);
    this.world = new WorkerScene({
      rules: rules.map((name) => sequential(name)),
      targets: targets.map((name) =>
        targetNamed(name, { url: `dummy://host.example.org/${name}`, concurrency: 2 }),
      ),
      maxAttempts: 2,
      workers: 3,
      random,
      fate: () => {
        if (this.#deathsDue === 0 || random() > 0.1) return undefined;
        this.#deathsDue -= 1;
        return random() < 0.5 ? 'dies before' : 'dies after';
      },
    });
    this.world.exporter.wanted = async ({ id, version }) => {
      if (this.mood === 'slow') await this.world.time.sleep(Math.round(random() * 20_000));
      return { files: { [`${id}.xml`]: String(version) } };
    };
    this.world.server.mischief.rename = async () => {
      if (this.mood === 'slow') await this.world.time.sleep(Math.round(random() * 20_000));
      if (this.mood === 'broken' && random() < 0.6) throw new CutError('the connection was reset');
      if (this.mood === 'refusing') throw new PermanentError('permission denied');
    };
  }

  async take(one: Step): Promise<void> {
    const { world } = this;
    if (one.kind === 'death') this.#deathsDue += 1;
    else if ('mood' in one) this.mood = one.mood;
    else if ('id' in one) await this.#change(`story:${String(one.id)}`);
    else if (one.kind === 'run') await world.start('rule' in one ? one.rule : undefined);
    else if ('seconds' in one) await this.#pass(one.seconds);
    else await this.#reset();
    await this.#lookAtQueue();
  }

  async #change(ref: string): Promise<void> {
    await this.world.put(ref);
    for (const rule of rules) {
      for (const name of targets) {
        const ulid = await this.world.enqueue(ref, { rule, target: name });
        if ((await this.world.rows.get(ulid)) !== undefined) this.made.add(ulid);
      }
    }
  }

  async #pass(seconds: number): Promise<void> {
    const untilMs = this.world.time.now() + seconds * 1_000;
    await this.world.until(async () => {
      await this.#lookAtQueue();
      return this.world.time.now() >= untilMs;
    });
  }

  async #reset(): Promise<void> {
    for (const row of await this.world.allRows()) {
      if (hasFailed(row.status)) await this.world.rows.renew(row);
    }
  }

  /** At most one NEW row of a rule, target and content; none lost. */
  async #lookAtQueue(): Promise<void> {
    const rows = await this.world.allRows();
    const waiting = rows
      .filter(({ status }) => status === 'NEW')
      .map(({ rule, target: to, content }) => `${rule} ${to} ${content}`);
    if (waiting.length > new Set(waiting).size) this.flaws.push(`twice: ${waiting.join(', ')}`);
    const ulids = new Set(rows.map(({ ulid }) => ulid));
    if (this.made.symmetricDifference(ulids).size > 0) this.flaws.push('a row is lost');
  }

  /** All is well again, and what failed is reset until nothing has. */
  async calmDown(): Promise<void> {
    const { world } = this;
    this.mood = 'well';
    this.#deathsDue = 0;
    await world.untilQuiet();
    // Of several that failed of the same three, one waits at a time.
    for (let rows = this.made.size; rows > 0; rows--) {
      if ((await world.allRows()).every(({ status }) => status === 'PUSHED')) break;
      await this.#reset();
      await world.untilQuiet();
    }
  }

  /** What partners have, and what they should have. */
  async files(): Promise<{ there: unknown[]; wanted: unknown[] }> {
    const { content, server } = this.world;
    const there: unknown[] = [];
    const wanted: unknown[] = [];
    for (const id of ids) {
      const item = await content.get(`story:${String(id)}`);
      for (const name of targets) {
        wanted.push(item && String(item.version));
        there.push(server.files.get(`${name}/${String(id)}.xml`));
      }
    }
    return { there, wanted };
  }
}

test('whatever happens to content, workers and servers, nothing is lost and the newest arrives last', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 30 }),
      fc.integer(),
      async (steps, seed) => {
        const model = new Model(seed);
        for (const one of steps) await model.take(one);
        await model.calmDown();
        const { world, flaws } = model;
        expect(flaws).toEqual([]);
        const failed = (await world.allRows()).filter(({ status }) => status !== 'PUSHED');
        expect(failed).toEqual([]);
        const { there, wanted } = await model.files();
        expect(there).toEqual(wanted);
        expect(world.server.temporary()).toEqual([]);
        expect(world.server.most).toBeLessThanOrEqual(2);
        expect(await world.runs.running()).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
}, 120_000);
