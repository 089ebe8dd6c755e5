import { describe, expect, test } from '@jest/globals';
import { streamRecords } from '../../support/dynamodb-stream-record.ts';
import { memoryQueue } from '../../support/memory-queue.ts';
import { runStreamMapping } from '../../support/stream-mapping.ts';
import type { StreamRun } from '../../support/stream-mapping.ts';
import type { StreamMappingOptions } from '../../support/stream-mapping-options.ts';
import { virtualClock } from '../../support/virtual-clock.ts';
import { startMs, inserts, numbersOf, run, reporting, throwingOn } from './streamed-names.ts';

describe('maximumRecordAgeInSeconds', () => {
  test('ends the tries of a record that has become too old', async () => {
    const mapping = { maximumRecordAgeInSeconds: 60 };
    const { fates, discarded } = await run(inserts('a'), mapping, throwingOn('a'));
    // Tried after 0, 1, 3, 7, 15 and 31 seconds; after 63 it is too old.
    expect(fates).toEqual({ a: 'discarded 6' });
    expect(discarded[0]?.requestContext).toMatchObject({
      condition: 'RecordAgeExceeded',
      approximateInvokeCount: 6,
    });
  });

  test('keeps a record that is too old when it is first read from the function', async () => {
    const records = streamRecords([
      { keys: { pk: 'a' }, after: {}, atMs: startMs - 61_000 },
      { keys: { pk: 'b' }, after: {}, atMs: startMs - 60_000 },
    ]);
    const mapping = { maximumRecordAgeInSeconds: 60 };
    const { batches, fates, discarded } = await run(records, mapping, () => undefined);
    expect(batches).toEqual(['b']);
    expect(fates).toEqual({ a: 'discarded 0', b: 'done 1' });
    expect(discarded.map((batch) => batch.DDBStreamBatchInfo.batchSize)).toEqual([1]);
  });
});

describe('the on-failure destination', () => {
  test('gets a description of the batch without its records', async () => {
    const records = inserts('abc');
    const queue = memoryQueue({ name: 'failures', now: () => startMs });
    const mapping = { batchSize: 2, maximumRetryAttempts: 1, onFailure: queue };
    await run(records, mapping, throwingOn('b'));
    const messages = queue.messages().map(({ body }) => JSON.parse(body) as unknown);
    const [start, end] = numbersOf(records);
    expect(messages).toEqual([
      {
        requestContext: {
          requestId: 'request-2',
          functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:stream-function',
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 2,
        },
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          functionError: 'Unhandled',
        },
        version: '1.0',
        timestamp: '2026-01-01T00:00:01.000Z',
        DDBStreamBatchInfo: {
          shardId: expect.any(String),
          startSequenceNumber: start,
          endSequenceNumber: end,
          approximateArrivalOfFirstRecord: '2026-01-01T00:00:00.000Z',
          approximateArrivalOfLastRecord: '2026-01-01T00:00:00.000Z',
          batchSize: 2,
          streamArn: records[0]?.eventSourceARN,
        },
      },
    ]);
    expect(queue.messages()[0]?.body).not.toContain('Keys');
  });

  test('tells reported failures from thrown ones', async () => {
    const mapping = { reportBatchItemFailures: true, maximumRetryAttempts: 0 };
    const { discarded } = await run(inserts('a'), mapping, reporting('a'));
    expect(discarded[0]?.responseContext.functionError).toBeNull();
  });

  test('gets nothing when all went well', async () => {
    const queue = memoryQueue({ name: 'failures', now: () => startMs });
    await run(inserts('ab'), { onFailure: queue }, () => undefined);
    expect(queue.messages()).toEqual([]);
  });
});

describe('parallelizationFactor', () => {
  const items = ['p', 'q', 'r', 's', 't', 'u'];
  const records = streamRecords(
    Array.from({ length: 30 }, (_, index) => ({
      keys: { pk: 'one partition', sk: items[index % items.length] ?? '' },
      after: { version: index },
      atMs: startMs,
    })),
  );
  const mapping = { batchSize: 3, parallelizationFactor: 4 };

  async function underWayAtOnce(parallelizationFactor: number): Promise<number> {
    let now = 0;
    let most = 0;
    await runStreamMapping({
      records,
      mapping: { ...mapping, parallelizationFactor },
      clock: virtualClock(startMs),
      handler: async () => {
        now += 1;
        most = Math.max(most, now);
        await new Promise(setImmediate);
        now -= 1;
      },
    });
    return most;
  }

  test('runs one batch at a time by default and several when raised', async () => {
    expect(await underWayAtOnce(1)).toBe(1);
    const most = await underWayAtOnce(4);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });

  test('keeps the order of each item, not of a partition', async () => {
    const seen: { item: string; version: number }[] = [];
    await runStreamMapping({
      records,
      mapping: { ...mapping, maximumRetryAttempts: 5 },
      clock: virtualClock(startMs),
      handler: ({ Records }) => {
        for (const { dynamodb } of Records) {
          const version = Number(dynamodb?.NewImage?.['version']?.N);
          seen.push({ item: dynamodb?.Keys?.['sk']?.S ?? '', version });
        }
      },
    });
    for (const item of items) {
      const versions = seen.filter((one) => one.item === item).map(({ version }) => version);
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      expect(versions).toHaveLength(5);
    }
    const all = seen.map(({ version }) => version);
    expect(all).not.toEqual(all.toSorted((a, b) => a - b));
  });

  test('lets other lanes go on while one is stuck', async () => {
    const mappingWithLimit = { ...mapping, maximumRetryAttempts: 1 };
    const result: StreamRun = await runStreamMapping({
      records,
      mapping: mappingWithLimit,
      clock: virtualClock(startMs),
      handler: ({ Records }) => {
        if (Records.some(({ dynamodb }) => dynamodb?.Keys?.['sk']?.S === 'p')) throw new Error();
      },
    });
    const retried = result.invocations.filter(({ atMs }) => atMs > startMs);
    const firstTries = result.invocations.filter(({ atMs }) => atMs === startMs);
    expect(retried.length).toBeGreaterThan(0);
    expect(firstTries.length).toBeGreaterThan(4);
  });
});

test.each<[StreamMappingOptions]>([
  [{ batchSize: 0 }],
  [{ batchSize: 10_001 }],
  [{ maximumRetryAttempts: 10_001 }],
  [{ maximumRecordAgeInSeconds: 59 }],
  [{ parallelizationFactor: 11 }],
])('refuses %j as AWS does', async (mapping) => {
  await expect(run(inserts('a'), mapping, () => undefined)).rejects.toThrow(RangeError);
});
