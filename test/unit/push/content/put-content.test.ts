import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ContentStore } from '../../../../lambdas/push/content/content-store.ts';
import { changedNames } from '../../../../lambdas/push/content/field-changes.ts';
import { maxItemBytes } from '../../../../lambdas/push/content/item-size.ts';
import type { PutOutcome } from '../../../../lambdas/push/content/put-content.ts';
import { HttpError, TransientError, ValidationError } from '../../../../lambdas/shared/errors.ts';
import { faulty, faultsInTurn, turnsBy } from '../../../support/faulty.ts';
import type { Fault } from '../../../support/faulty.ts';
import { ContentScene } from './content-scene.ts';

let scene: ContentScene;
beforeEach(() => {
  scene = new ContentScene();
});

const scan = { name: 'scan', size: 3, sha256: 'aa', key: 'note/1/scan/X' };

/** The note gets a file, as an arrival does it. */
async function addScan(): Promise<void> {
  const item = await scene.content.get('note:1');
  if (!item) throw new Error('there is no note');
  await scene.content.put({ ...item, version: item.version + 1, binaries: [scan] });
}

describe('a put', () => {
  test('makes an item that was not there, with all that it has changed', async () => {
    const { content, created, changed } = await scene.put({ a: 1, b: 2 }, { related: ['story:1'] });
    expect({ created, changed }).toEqual({ created: true, changed: ['a', 'b', 'related'] });
    expect(content).toMatchObject({
      ref: 'note:1',
      type: 'note',
      id: '1',
      version: 1,
      fields: { a: 1, b: 2 },
      related: ['story:1'],
      binaries: [],
      createdAt: '2026-11-21T10:30:00.000Z',
      updatedAt: '2026-11-21T10:30:00.000Z',
    });
    expect(await scene.content.get('note:1')).toEqual(content);
  });

  test('replaces what was there: what it does not name goes, when it was made stays', async () => {
    const first = await scene.put({ a: 1, b: 2 });
    scene.clock.advance(5_000);
    const { content, created, changed } = await scene.put({ a: 1, c: 3 });
    expect({ created, changed }).toEqual({ created: false, changed: ['c', 'b'] });
    expect(content).toEqual({
      ...first.content,
      version: 2,
      fields: { a: 1, c: 3 },
      updatedAt: '2026-11-21T10:30:05.000Z',
    });
  });

  test('of the same again writes nothing', async () => {
    const first = await scene.put({ a: { b: 1, c: 2 } }, { related: ['story:1'] });
    scene.clock.advance(5_000);
    const again = await scene.put({ a: { c: 2, b: 1 } }, { related: ['story:1'] });
    expect(again).toEqual({ content: first.content, created: false, changed: [] });
    expect(scene.written).toHaveLength(1);
  });

  test('keeps the files that have arrived, also when they arrive meanwhile', async () => {
    await scene.put({ a: 1 });
    await addScan();
    expect((await scene.put({ a: 2 })).content.binaries).toEqual([scan]);

    const late = new ContentScene();
    scene = late;
    await late.put({ a: 1 });
    let isFirst = true;
    const content: ContentStore = faulty(late.content, {
      turn: async (label) => {
        if (label !== 'put 1' || !isFirst) return;
        isFirst = false;
        await addScan();
      },
    });
    const { content: put, changed } = await late.put({ a: 2 }, { content });
    expect({ version: put.version, changed }).toEqual({ version: 3, changed: ['a'] });
    expect(put.binaries).toEqual([scan]);
  });

  test('of what is wrong writes nothing', async () => {
    await expect(scene.put({ a: '\u0000' })).rejects.toThrow(ValidationError);
    expect(scene.written).toEqual([]);
  });
});

describe('an item too large to be stored', () => {
  const overhead = 250;

  test('is refused, and says so', async () => {
    const refused = scene.put({ a: 'x'.repeat(maxItemBytes) });
    await expect(refused).rejects.toThrow(HttpError);
    await expect(refused).rejects.toMatchObject({ status: 413 });
    await expect(refused).rejects.toThrow('380000');
    expect(scene.written).toEqual([]);
  });

  test('is measured in bytes, as it is written out, with its references', async () => {
    await scene.put({ a: 'x'.repeat(maxItemBytes - overhead) });
    const half = (maxItemBytes - overhead) / 2;
    await scene.put({ a: 'é'.repeat(half) });
    await expect(scene.put({ a: 'é'.repeat(half + overhead) })).rejects.toThrow(HttpError);
    // Six bytes of a request each, and 22 of the item.
    const numbers = Array.from({ length: 20_000 }, () => 1e20);
    await expect(scene.put({ a: numbers })).rejects.toThrow(HttpError);
    const related = Array.from({ length: 500 }, () => `story:${'9'.repeat(128)}`);
    await expect(scene.put({ a: 'x'.repeat(320_000) }, { related })).rejects.toThrow(HttpError);
  });
});

const busy = new TransientError('busy');
const fault = fc.constantFrom<Fault>(
  { kind: 'refused', error: busy },
  { kind: 'answer lost', error: busy },
  { kind: 'twice' },
);
const faults = fc.array(fc.option(fault, { nil: undefined }), { maxLength: 8 });
const value = fc.record({ a: fc.integer({ min: 0, max: 2 }), b: fc.integer({ min: 0, max: 2 }) });

/** Checks what puts said against the versions that were stored. */
function checkAgainst({ written }: ContentScene, outcomes: readonly PutOutcome[]): void {
  expect(written.map((content) => content?.version)).toEqual(written.map((_, place) => place + 1));
  for (const { content, created, changed } of outcomes) {
    expect(written[content.version - 1]).toEqual(content);
    expect(created).toBe(content.version === 1 && changed.length > 0);
    // An answer tells of its own change, or that there was none.
    const own = changedNames(written[content.version - 2], content);
    expect([[], own]).toContainEqual(changed);
  }
}

test('puts at the same time all land, one after the other, and each says what it changed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.tuple(value, fc.nat(3)), { minLength: 2, maxLength: 5 }),
      async (scheduler, puts) => {
        const at = new ContentScene();
        const outcomes = await scheduler.waitFor(
          Promise.all(
            puts.map(async ([fields], place) => {
              const content = faulty(at.content, { turn: turnsBy(scheduler) });
              // Of the same fields by two, one has changed them: they differ by who it was.
              const put = await at.put({ ...fields, by: place }, { content });
              at.clock.advance(1);
              return put;
            }),
          ),
        );
        checkAgainst(at, outcomes);
        expect(at.written).toHaveLength(puts.length);
        expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
        expect(new Set(outcomes.map(({ content }) => content.version))).toEqual(
          new Set(puts.map((_, place) => place + 1)),
        );
      },
    ),
    { numRuns: 200 },
  );
});

test('the same put by several at once makes one item', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.integer({ min: 2, max: 4 }), async (scheduler, parties) => {
      const at = new ContentScene();
      const outcomes = await scheduler.waitFor(
        Promise.all(
          Array.from({ length: parties }, async () =>
            at.put({ a: 1 }, { content: faulty(at.content, { turn: turnsBy(scheduler) }) }),
          ),
        ),
      );
      expect(at.written).toHaveLength(1);
      expect(outcomes.filter(({ created }) => created)).toHaveLength(1);
      expect(outcomes.filter(({ changed }) => changed.length > 0)).toHaveLength(1);
    }),
  );
});

test('lost answers, refusals and repeats change neither what is stored nor what is said', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(value, faults), { maxLength: 6 }), async (puts) => {
      const at = new ContentScene();
      const outcomes: PutOutcome[] = [];
      let before: unknown;
      let version = 0;
      for (const [fields, plan] of puts) {
        at.clock.advance(1);
        const content = faulty(at.content, { plan: faultsInTurn(plan) });
        const outcome = await at.put(fields, { content });
        const isChange = JSON.stringify(before) !== JSON.stringify(fields);
        version += isChange ? 1 : 0;
        before = fields;
        expect(outcome.changed.length > 0).toBe(isChange);
        expect(outcome.content).toMatchObject({ version, fields });
        outcomes.push(outcome);
      }
      checkAgainst(at, outcomes);
      expect(at.written).toHaveLength(version);
    }),
    { numRuns: 300 },
  );
});

test('puts at the same time with lost answers leave versions without a gap, and true answers', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.tuple(value, faults), { minLength: 2, maxLength: 3 }),
      async (scheduler, puts) => {
        const at = new ContentScene();
        const outcomes = await scheduler.waitFor(
          Promise.all(
            puts.map(async ([fields, plan], by) => {
              const turn = turnsBy(scheduler);
              const content = faulty(at.content, { turn, plan: faultsInTurn(plan) });
              return at.put({ ...fields, by }, { content });
            }),
          ),
        );
        checkAgainst(at, outcomes);
        expect(outcomes.every(({ changed }) => changed.length > 0)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});
