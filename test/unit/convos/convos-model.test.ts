import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ConvosScenario } from '../../support/convos-scenario.ts';
import type { Deed, FaultName, Step } from '../../support/convos-scenario.ts';

/*
 * Anything in any order, several at a time, with calls refused, their answers lost, and functions dying
 * before and after each of them. Every answer was true at some moment of its request, or is what its one
 * effect was; after every step counts, lists and folders are those of the model.
 */

const kind = fc.oneof(
  { weight: 7, arbitrary: fc.constant<Deed['kind']>('start') },
  { weight: 8, arbitrary: fc.constant<Deed['kind']>('reply') },
  { weight: 5, arbitrary: fc.constant<Deed['kind']>('mark') },
  {
    weight: 8,
    arbitrary: fc.constantFrom<Deed['kind'][]>('read thread', 'delete message', 'delete thread'),
  },
  { weight: 4, arbitrary: fc.constantFrom<Deed['kind'][]>('block', 'unblock') },
  { weight: 2, arbitrary: fc.constantFrom<Deed['kind'][]>('count', 'look') },
  { weight: 5, arbitrary: fc.constantFrom<Deed['kind'][]>('relay', 'upkeep') },
  { weight: 2, arbitrary: fc.constant<Deed['kind']>('erase') },
);

const fault = fc.oneof(
  { weight: 12, arbitrary: fc.constant<FaultName>('none') },
  { weight: 3, arbitrary: fc.constantFrom<FaultName[]>('refused', 'lost', 'twice') },
  { weight: 1, arbitrary: fc.constantFrom<FaultName[]>('dies before', 'dies after') },
);

const deed: fc.Arbitrary<Deed> = fc.record({
  kind,
  who: fc.nat({ max: 2 }),
  whom: fc.nat({ max: 1 }),
  pick: fc.nat({ max: 3 }),
  read: fc.boolean(),
  text: fc.nat({ max: 2 }),
  key: fc.option(fc.nat({ max: 1 }), { nil: undefined, freq: 2 }),
  aheadMs: fc.constantFrom(0, 0, 0, 40, -40),
  faults: fc.array(fault, { maxLength: 8 }),
});

const stepWith = (longPauses: readonly number[]): fc.Arbitrary<Step> =>
  fc.record({
    deeds: fc.array(deed, { minLength: 1, maxLength: 4 }),
    order: fc.integer(),
    pauseMs: fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(1, 1_000) },
      { weight: 2, arbitrary: fc.constantFrom(...longPauses) },
    ),
  });

const hourMs = 3_600_000;
const morning = { startsAt: '2026-11-21T10:30:00Z', pauses: [hourMs, 12 * hourMs], slow: false };
/** Where the day of a key ends, and an hour. */
const midnight = { startsAt: '2026-11-21T23:59:57Z', pauses: [24 * hourMs], slow: false };

/** Enough to notice a break; for a longer search set MODEL_RUNS. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 30);

test.each([
  ['people have what they sent, read and deleted', morning],
  ['they have it around midnight', midnight],
  ['counts stay right though transactions are applied item by item', { ...morning, slow: true }],
])(
  '%s, whatever happens at the same time and goes wrong',
  async (_what, { pauses, ...options }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(stepWith(pauses), { minLength: 3, maxLength: 25, size: 'max' }),
        async (seed, steps) => {
          const scenario = new ConvosScenario(seed, options);
          for (const one of steps) {
            await scenario.run(one);
            expect(await scenario.wrongAtOnce()).toEqual([]);
          }
          await scenario.end();
          expect(await scenario.wrongInTheEnd()).toEqual([]);
        },
      ),
      { numRuns },
    );
  },
  3_600_000,
);
