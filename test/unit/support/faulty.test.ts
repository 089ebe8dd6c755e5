import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { faulty, faultsAt, faultsInTurn, randomFaults, turnsBy } from '../../support/faulty.ts';
import type { Fault, FaultPlan } from '../../support/faulty.ts';
import { seededRandom } from '../../support/seeded-random.ts';

/** A counter as an adapter is: a class with state of its own. */
class Counter {
  #value = 0;
  add(by: number): Promise<number> {
    this.#value += by;
    return Promise.resolve(this.#value);
  }
  value(): Promise<number> {
    return Promise.resolve(this.#value);
  }
}

const error = new Error('injected');

async function afterOneAdd(fault: Fault) {
  const counter = new Counter();
  const port = faulty(counter, { plan: faultsAt({ add: { 1: fault } }) });
  const answer = await port.add(1).catch((failure: unknown) => failure);
  return { answer, value: await counter.value() };
}

describe('a faulty port', () => {
  test('does what the port does when nothing is planned', async () => {
    const port = faulty(new Counter(), {});
    expect([await port.add(2), await port.value()]).toEqual([2, 2]);
  });

  test('refuses a call before it takes effect', async () => {
    const outcome = await afterOneAdd({ kind: 'refused', error });
    expect(outcome).toEqual({ answer: error, value: 0 });
  });

  test('loses the answer of a call that took effect', async () => {
    const outcome = await afterOneAdd({ kind: 'answer lost', error });
    expect(outcome).toEqual({ answer: error, value: 1 });
  });

  test('makes a call twice and answers the second time', async () => {
    expect(await afterOneAdd({ kind: 'twice' })).toEqual({ answer: 2, value: 2 });
  });

  test('counts the calls of each method apart', async () => {
    const port = faulty(new Counter(), {
      plan: faultsAt({ add: { 2: { kind: 'refused', error } } }),
    });
    await port.add(1);
    await port.value();
    await expect(port.add(1)).rejects.toBe(error);
    expect(await port.add(1)).toBe(2);
  });
});

const faultsOf = (plan: FaultPlan, calls: number) =>
  Array.from({ length: calls }, (_, index) => plan({ method: 'm', nth: index + 1, args: [] }));

describe('plans', () => {
  const twice: Fault = { kind: 'twice' };

  test('take the faults of a list in turn, then none', () => {
    expect(faultsOf(faultsInTurn([undefined, twice]), 3)).toEqual([undefined, twice, undefined]);
  });

  test('draw the same faults for the same seed, at about the given rate', () => {
    const [drawn = [], again] = [3, 3].map((seed) =>
      faultsOf(randomFaults({ random: seededRandom(seed), rate: 0.2, faults: [twice] }), 1000),
    );
    expect(again).toEqual(drawn);
    const faults = drawn.filter(Boolean).length;
    expect(faults).toBeGreaterThan(150);
    expect(faults).toBeLessThan(250);
  });
});

/** Adds one by reading and writing apart, as nobody should. */
async function finalValue(scheduler: fc.Scheduler): Promise<number> {
  let stored = 0;
  const cell = faulty(
    {
      read: () => Promise.resolve(stored),
      write: (value: number) => {
        stored = value;
        return Promise.resolve();
      },
    },
    { turn: turnsBy(scheduler) },
  );
  const addOne = async () => cell.write((await cell.read()) + 1);
  await scheduler.waitFor(Promise.all([addOne(), addOne()]));
  return stored;
}

describe('turns', () => {
  test('let fast-check find the order of calls in which an update is lost', async () => {
    const values = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        values.add(await finalValue(scheduler));
      }),
      { seed: 1, numRuns: 50 },
    );
    expect(values).toEqual(new Set([1, 2]));
  });
});
