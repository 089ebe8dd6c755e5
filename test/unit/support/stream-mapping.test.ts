import { describe, expect, test } from '@jest/globals';
import { streamRecords } from '../../support/dynamodb-stream-record.ts';
import { startMs, hourMs, inserts, run, reporting, throwingOn } from './streamed-names.ts';

describe('batches', () => {
  test('hold at most batchSize records, in order', async () => {
    const { batches, fates } = await run(inserts('abcde'), { batchSize: 2 }, () => undefined);
    expect(batches).toEqual(['ab', 'cd', 'e']);
    expect(fates).toEqual({ a: 'done 1', b: 'done 1', c: 'done 1', d: 'done 1', e: 'done 1' });
  });

  test('have up to 100 records by default', async () => {
    const records = streamRecords(
      Array.from({ length: 150 }, (_, i) => ({ keys: { pk: `${i}` }, after: {}, atMs: startMs })),
    );
    const { invocations } = await run(records, {}, () => undefined);
    expect(invocations.map(({ sequenceNumbers }) => sequenceNumbers.length)).toEqual([100, 50]);
  });

  test('hold only what has been written by then', async () => {
    const records = streamRecords([
      { keys: { pk: 'a' }, after: {}, atMs: startMs },
      { keys: { pk: 'b' }, after: {}, atMs: startMs + 5000 },
    ]);
    const { batches, invocations } = await run(records, {}, () => undefined);
    expect(batches).toEqual(['a', 'b']);
    expect(invocations[1]?.atMs).toBe(startMs + 5000);
  });

  test('refuse records that are out of order', async () => {
    await expect(run(inserts('ab').toReversed(), {}, () => undefined)).rejects.toThrow(RangeError);
  });

  test('are a copy that the function may change', async () => {
    const seen: unknown[] = [];
    await run(inserts('a'), { maximumRetryAttempts: 1 }, (_, { Records }, nth) => {
      seen.push(Records[0]?.eventName);
      if (Records[0]) Records[0].eventName = 'REMOVE';
      if (nth === 1) throw new Error('again');
    });
    expect(seen).toEqual(['INSERT', 'INSERT']);
  });
});

describe('a function that throws', () => {
  test('fails the whole batch, which is tried again before any later record', async () => {
    const { batches, fates } = await run(inserts('abcd'), { batchSize: 2 }, (_, __, nth) => {
      if (nth === 1) throw new Error('passing');
    });
    expect(batches).toEqual(['ab', 'ab', 'cd']);
    expect(fates).toEqual({ a: 'done 2', b: 'done 2', c: 'done 1', d: 'done 1' });
  });

  test('is tried maximumRetryAttempts times more, then its batch is given up and the shard goes on', async () => {
    const mapping = { batchSize: 2, maximumRetryAttempts: 2 };
    const { batches, fates } = await run(inserts('abcd'), mapping, throwingOn('b'));
    expect(batches).toEqual(['ab', 'ab', 'ab', 'cd']);
    expect(fates).toEqual({ a: 'discarded 3', b: 'discarded 3', c: 'done 1', d: 'done 1' });
  });

  test('is not tried again when maximumRetryAttempts is 0', async () => {
    const { fates } = await run(inserts('a'), { maximumRetryAttempts: 0 }, throwingOn('a'));
    expect(fates).toEqual({ a: 'discarded 1' });
  });

  test('waits longer before each try', async () => {
    const mapping = { maximumRetryAttempts: 3 };
    const { invocations } = await run(inserts('a'), mapping, throwingOn('a'));
    expect(invocations.map(({ atMs }) => (atMs - startMs) / 1000)).toEqual([0, 1, 3, 7]);
  });

  test('is tried until the stream forgets the record when no limit is set', async () => {
    const { fates, clock, discarded } = await run(inserts('ab'), { batchSize: 1 }, throwingOn('a'));
    expect(fates['a']).toMatch(/^forgotten \d{4}$/);
    // The neighbour waited just as long, and went the same way without ever being seen.
    expect(fates['b']).toBe('forgotten 0');
    expect(clock.now()).toBeGreaterThanOrEqual(startMs + 24 * hourMs);
    expect(discarded).toEqual([]);
  });
});

describe('bisectBatchOnFunctionError', () => {
  test('isolates the record that makes the function throw', async () => {
    const mapping = { bisectBatchOnFunctionError: true, maximumRetryAttempts: 1 };
    const { batches, fates } = await run(inserts('abcd'), mapping, throwingOn('c'));
    expect(batches).toEqual(['abcd', 'ab', 'cd', 'c', 'c', 'd']);
    expect(fates).toEqual({ a: 'done 2', b: 'done 2', c: 'discarded 4', d: 'done 3' });
  });

  test('uses up no try', async () => {
    const mapping = { bisectBatchOnFunctionError: true, maximumRetryAttempts: 0 };
    const { fates } = await run(inserts('abcd'), mapping, throwingOn('c'));
    expect(fates).toMatchObject({ a: 'done 2', b: 'done 2', c: 'discarded 3', d: 'done 3' });
  });

  test('does not split a batch for a function that reports nothing and throws nothing', async () => {
    const mapping = { bisectBatchOnFunctionError: true };
    const { batches } = await run(inserts('abcd'), mapping, () => undefined);
    expect(batches).toEqual(['abcd']);
  });
});

describe('reportBatchItemFailures', () => {
  const mapping = { reportBatchItemFailures: true, maximumRetryAttempts: 1 };

  test('tries again from the reported record, which is done before it is not', async () => {
    const { batches, fates } = await run(inserts('abcd'), mapping, (_, event, nth) =>
      nth === 1 ? reporting('c')('', event) : undefined,
    );
    expect(batches).toEqual(['abcd', 'cd']);
    expect(fates).toEqual({ a: 'done 1', b: 'done 1', c: 'done 2', d: 'done 2' });
  });

  test('takes the lowest of several numbers, as a number and not as text', async () => {
    const records = inserts('abcd');
    for (const [index, number] of ['8', '9', '10', '11'].entries()) {
      const { dynamodb } = records[index] ?? {};
      if (dynamodb) dynamodb.SequenceNumber = number;
    }
    const { batches } = await run(records, mapping, (_, __, nth) =>
      nth === 1
        ? { batchItemFailures: [{ itemIdentifier: '10' }, { itemIdentifier: '9' }] }
        : undefined,
    );
    expect(batches).toEqual(['abcd', 'bcd']);
  });

  test('gives up all that stands behind a record that never succeeds', async () => {
    const { batches, fates } = await run(inserts('abcd'), mapping, reporting('b'));
    expect(batches).toEqual(['abcd', 'bcd']);
    expect(fates).toEqual({ a: 'done 1', b: 'discarded 2', c: 'discarded 2', d: 'discarded 2' });
  });

  test.each<[string, unknown]>([
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['an empty response', {}],
    ['a null response', null],
    ['no response', undefined],
    ['a misspelt list', { batchItemFailure: [{ itemIdentifier: '1' }] }],
  ])('takes %s for success', async (_, response) => {
    const { fates } = await run(inserts('ab'), mapping, () => response);
    expect(fates).toEqual({ a: 'done 1', b: 'done 1' });
  });

  test.each<[string, unknown]>([
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['an identifier under another key', { batchItemFailures: [{ sequenceNumber: '1' }] }],
    ['an unknown sequence number', { batchItemFailures: [{ itemIdentifier: '4711' }] }],
    ['a list that is none', { batchItemFailures: 'b' }],
    ['a response that is no object', 'fine'],
  ])('takes %s for the failure of the whole batch', async (_, response) => {
    const { batches, fates } = await run(inserts('ab'), mapping, () => response);
    expect(batches).toEqual(['ab', 'ab']);
    expect(fates).toEqual({ a: 'discarded 2', b: 'discarded 2' });
  });

  test('is ignored unless it is switched on', async () => {
    const { fates } = await run(inserts('ab'), { maximumRetryAttempts: 1 }, reporting('a'));
    expect(fates).toEqual({ a: 'done 1', b: 'done 1' });
  });
});

describe('bisectBatchOnFunctionError together with reportBatchItemFailures', () => {
  const mapping = {
    bisectBatchOnFunctionError: true,
    reportBatchItemFailures: true,
    maximumRetryAttempts: 1,
  };

  test('splits at the reported record and tries only what is left', async () => {
    const { batches, fates } = await run(inserts('abcd'), mapping, (_, event, nth) =>
      nth === 1 ? reporting('d')('', event) : undefined,
    );
    expect(batches).toEqual(['abcd', 'd']);
    expect(fates).toEqual({ a: 'done 1', b: 'done 1', c: 'done 1', d: 'done 2' });
  });

  test('uses up no try as long as there is progress', async () => {
    const { batches, fates } = await run(inserts('abcd'), mapping, (names, event) =>
      names.length > 1 ? reporting(names[1] ?? '')(names, event) : undefined,
    );
    expect(batches).toEqual(['abcd', 'bcd', 'cd', 'd']);
    expect(fates).toEqual({ a: 'done 1', b: 'done 2', c: 'done 3', d: 'done 4' });
  });

  test('halves the batch when the function throws all the same', async () => {
    const { batches } = await run(inserts('abcd'), mapping, throwingOn('d'));
    expect(batches).toEqual(['abcd', 'ab', 'cd', 'c', 'd', 'd']);
  });

  test('does not save the records behind one that only ever is reported', async () => {
    const { fates } = await run(inserts('abc'), mapping, reporting('b'));
    expect(fates).toEqual({ a: 'done 1', b: 'discarded 3', c: 'discarded 3' });
  });
});
