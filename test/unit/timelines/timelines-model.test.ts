import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TimelinesSettings } from '../../../lambdas/timelines/settings.ts';
import { TimelinesScenario } from './timelines-scenario.ts';
import type { Step } from './timelines-scenario.ts';

/*
 * Anything in any order, several at a time, with the queues handing out late, twice and out of order,
 * and functions dying before and after each of their calls. After every step nobody sees what an
 * unfollow or removal took away; in the end each private timeline is what the specification says.
 */

const who = fc.nat({ max: 2 });
const operation = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('follow' as const), who, whom: who }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('unfollow' as const), who, whom: who }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('post' as const),
      who,
      self: fc.boolean(),
      /** Seconds from now at which it happened. */
      offset: fc.constantFrom(0, 0, -7_200, 3_600),
      /** Dies at that call and is repeated with the same Idempotency-Key. */
      dies: fc.option(fc.nat({ max: 3 }), { nil: undefined }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), pick: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('notify' as const), who, whom: who }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('remove' as const), who, pick: fc.nat() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('read' as const), who }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'changes' as const,
        'plans' as const,
        'chunks' as const,
        'upkeep' as const,
      ),
      most: fc.integer({ min: 1, max: 4 }),
      dies: fc.option(fc.record({ at: fc.integer({ min: 1, max: 12 }), lost: fc.boolean() }), {
        nil: undefined,
      }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('deliver all' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('hold lists' as const) }) },
);

const step: fc.Arbitrary<Step> = fc.record({
  operations: fc.array(operation, { minLength: 1, maxLength: 3 }),
  order: fc.integer(),
  /** Seconds that pass afterwards. */
  pause: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(0, 1, 2) },
    { weight: 4, arbitrary: fc.constantFrom(61, 370, 700, 920) },
    { weight: 1, arbitrary: fc.constant(22 * 24 * 3600) },
  ),
});

const variants: [string, Partial<TimelinesSettings>][] = [
  ['with the defaults', {}],
  ['without imports', { importOnFollow: false }],
  ['where actions stay after an unfollow', { removeOnUnfollow: false }],
  ['around the limit of fan-out', { fanOutLimit: 1, chunkSize: 1 }],
  ['around the limit, where actions stay', { fanOutLimit: 1, removeOnUnfollow: false }],
  ['around the limit, without imports', { fanOutLimit: 1, importOnFollow: false }],
  ['where few actions are kept', { keep: 3 }],
  ['where few are kept and all are merged', { keep: 3, fanOutLimit: 0 }],
];

/** Enough to notice a break; for a longer search set MODEL_RUNS. */
const numRuns = Number(process.env['MODEL_RUNS'] ?? 60);

describe('private timelines are what they should be', () => {
  test.each(variants)(
    '%s',
    async (_name, settings) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer(),
          fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }),
          async (seed, steps) => {
            const scenario = new TimelinesScenario(settings, seed);
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
    120_000,
  );
});
