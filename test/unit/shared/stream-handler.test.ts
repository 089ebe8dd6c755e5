import { beforeEach, describe, expect, test } from '@jest/globals';
import { PermanentError } from '../../../lambdas/shared/errors.ts';
import type { Delivery } from '../../../lambdas/shared/events/event-bus.ts';
import { streamHandler } from '../../../lambdas/shared/stream-handler.ts';
import type { Change, ParkedChange } from '../../../lambdas/shared/stream-handler.ts';
import { streamRecords } from '../../support/dynamodb-stream-record.ts';
import { silentLog } from '../../support/silent-log.ts';
import { runStreamMapping } from '../../support/stream-mapping.ts';
import type { StreamRun } from '../../support/stream-mapping.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

const hourMs = 60 * 60 * 1000;

let delivered: string[];
let parked: ParkedChange[];
beforeEach(() => {
  delivered = [];
  parked = [];
});

/** Effects of a change: `what` of the new image, a word each. */
function effectsOf(change: Change): string[] {
  const what = String(change.after?.['what']);
  if (what === 'poison') throw new PermanentError('cannot be understood');
  return what === '' ? [] : what.split(' ');
}

type Deliver = (effects: readonly string[]) => Promise<Delivery[]>;

const deliverAll: Deliver = (effects) => {
  delivered.push(...effects);
  return Promise.resolve(effects.map(() => 'done'));
};

/** Runs changes through the handler with the mapping that the construct makes. */
async function run(
  whats: string[],
  { deliver = deliverAll, park }: { deliver?: Deliver; park?: () => Promise<void> } = {},
): Promise<StreamRun> {
  const clock = virtualClock();
  const records = streamRecords(
    whats.map((what, index) => ({
      keys: { pk: `K#${index}`, sk: 'S' },
      after: { what },
      atMs: clock.now(),
    })),
  );
  return runStreamMapping({
    records,
    handler: streamHandler({
      effectsOf,
      deliver,
      failures: {
        send: async (jobs) => {
          await park?.();
          parked.push(...jobs);
        },
      },
      log: silentLog(),
    }),
    mapping: {
      batchSize: 100,
      bisectBatchOnFunctionError: true,
      reportBatchItemFailures: true,
      maximumRetryAttempts: 10_000,
      maximumRecordAgeInSeconds: 23 * 60 * 60,
    },
    clock,
  });
}

const keysOf = (change: ParkedChange | undefined): unknown => change?.keys;

test('effects are delivered once each, in the order of their changes', async () => {
  await run(['a b', '', 'c']);
  expect(delivered).toEqual(['a', 'b', 'c']);
  expect(parked).toEqual([]);
});

describe('a change that cannot be understood', () => {
  test('is parked alone, and its neighbours are delivered once each and in order', async () => {
    const { invocations, discarded } = await run(['a', 'poison', 'b']);
    expect(delivered).toEqual(['a', 'b']);
    expect(parked).toHaveLength(1);
    expect(parked[0]).toMatchObject({ error: 'cannot be understood' });
    expect(keysOf(parked[0])).toEqual({ pk: { S: 'K#1' }, sk: { S: 'S' } });
    expect(invocations).toHaveLength(1);
    expect(discarded).toEqual([]);
  });

  test('is not lost when it cannot be parked: the batch comes again until it can', async () => {
    let tries = 0;
    await run(['a', 'poison'], {
      park: () => (++tries < 3 ? Promise.reject(new Error('queue away')) : Promise.resolve()),
    });
    expect(tries).toBe(3);
    expect(parked).toHaveLength(1);
    expect(new Set(delivered)).toEqual(new Set(['a']));
  });
});

test('a change whose effect is refused for good is parked with the reason', async () => {
  await run(['a', 'refused', 'b'], {
    deliver: (effects) => {
      delivered.push(...effects);
      return Promise.resolve(
        effects.map((effect) => (effect === 'refused' ? { refused: 'too large' } : 'done')),
      );
    },
  });
  expect(parked).toMatchObject([{ error: 'too large' }]);
  expect(delivered).toEqual(['a', 'refused', 'b']);
});

/** Delivers all but one effect, which fails the first time. */
const failingOnce = (word: string): Deliver => {
  let failed = false;
  return (effects) => {
    const outcomes = effects.map((effect): Delivery => {
      if (effect !== word || failed) return 'done';
      failed = true;
      return 'retry';
    });
    delivered.push(...effects.filter((_effect, index) => outcomes[index] === 'done'));
    return Promise.resolve(outcomes);
  };
};

describe('an effect that fails for a passing reason', () => {
  test('is delivered with what stands behind it again, not what stands before', async () => {
    await run(['a', 'b', 'c'], { deliver: failingOnce('b') });
    expect(delivered).toEqual(['a', 'c', 'b', 'c']);
  });

  test('parks what is poison behind it once, not at each try', async () => {
    await run(['a', 'b', 'poison'], { deliver: failingOnce('b') });
    expect(parked).toHaveLength(1);
  });

  test('holds nothing up for good: everything is delivered in the end', async () => {
    const { fates } = await run(['a', 'b', 'c'], { deliver: failingOnce('a') });
    expect([...fates.values()].map(({ fate }) => fate)).toEqual(['done', 'done', 'done']);
  });
});

test('a delivery that throws is tried again as a whole', async () => {
  let tries = 0;
  await run(['a', 'b'], {
    deliver: async (effects) => {
      tries += 1;
      if (tries === 1) throw new Error('connection lost');
      return deliverAll(effects);
    },
  });
  expect(delivered).toEqual(['a', 'b']);
});

test('a bus that is away for hours loses nothing and changes no order', async () => {
  const clock = virtualClock();
  const back = clock.now() + 5 * hourMs;
  const records = streamRecords(
    ['a', 'b'].map((what, index) => ({
      keys: { pk: `K#${index}`, sk: 'S' },
      after: { what },
      atMs: clock.now(),
    })),
  );
  await runStreamMapping({
    records,
    handler: streamHandler({
      effectsOf,
      deliver: (effects) =>
        clock.now() < back ? Promise.reject(new Error('away')) : deliverAll(effects),
      failures: { send: () => Promise.resolve() },
      log: silentLog(),
    }),
    mapping: { reportBatchItemFailures: true, maximumRetryAttempts: 10_000 },
    clock,
  });
  expect(delivered).toEqual(['a', 'b']);
});
