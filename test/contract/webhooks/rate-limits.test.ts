import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';
import { indexes, keys } from '../../../lambdas/webhooks/contract.ts';
import { dynamoRateLimits } from '../../../lambdas/webhooks/dynamo-rate-limits.ts';
import type { RateLimits } from '../../../lambdas/webhooks/rate-limits.ts';
import { connectionReset } from '../../support/dynamodb-errors.ts';
import { failCalls } from '../../support/failing-calls.ts';
import { inMemoryRateLimits } from '../../support/in-memory-rate-limits.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
let client: DynamoDBDocumentClient;
let mend = (): void => undefined;
beforeAll(async () => {
  table = await startLocalTable(indexes);
  client = table.connect({ maxAttempts: 1 });
}, 120_000);
afterEach(() => mend());
afterAll(async () => table.stop());

const stores: [string, () => RateLimits][] = [
  ['the double in memory', inMemoryRateLimits],
  ['the table', () => dynamoRateLimits(client, table.tableName)],
];
const startMs = Date.UTC(2026, 10, 21);
const freshHook = () => randomUlid(startMs);

/** Most turns within any span of that many milliseconds. */
function most(turns: readonly number[], spanMs: number): number {
  const counts = turns.map((from) => turns.filter((at) => at >= from && at < from + spanMs).length);
  return Math.max(...counts);
}

describe.each(stores)('turns in %s', (_name, open) => {
  test('a second’s worth is at once, then they come evenly', async () => {
    const limits = open();
    const hook = freshHook();
    const turns: number[] = [];
    for (let at = 0; at < 5; at += 1)
      turns.push((await limits.reserve(hook, 2, startMs)) - startMs);
    expect(turns).toEqual([0, 0, 500, 1_000, 1_500]);
    expect(await limits.reserve(hook, 2, startMs + 60_000)).toBe(startMs + 60_000);
  });

  test('less than one a second is spaced so', async () => {
    const limits = open();
    const hook = freshHook();
    const turns: number[] = [];
    for (let at = 0; at < 3; at += 1)
      turns.push((await limits.reserve(hook, 0.1, startMs)) - startMs);
    expect(turns).toEqual([0, 10_000, 20_000]);
  });

  test('of two hooks do not count for each other', async () => {
    const limits = open();
    for (const hook of [freshHook(), freshHook()]) {
      expect(await limits.reserve(hook, 1, startMs)).toBe(startMs);
    }
  });

  test.each([1, 7, 30])(
    'at %d a second never exceed it, however many workers ask at once',
    async (perSecond) => {
      const limits = open();
      const hook = freshHook();
      const turns: number[] = [];
      for (let round = 0; round < 3; round += 1) {
        const nowMs = startMs + round * 400;
        const asked = Array.from({ length: 20 }, async () =>
          limits.reserve(hook, perSecond, nowMs),
        );
        turns.push(...(await Promise.all(asked)));
      }
      expect(turns).toHaveLength(60);
      for (const seconds of [1, 3, 10]) {
        // A bucket of one second's worth, and what flows in during the span.
        expect(most(turns, seconds * 1000)).toBeLessThanOrEqual(perSecond * (seconds + 1));
      }
      const usedMs = Math.max(...turns) - startMs;
      // No turn is lost either.
      expect(usedMs).toBeLessThanOrEqual(((60 - perSecond) / perSecond) * 1000 + 1_400);
    },
  );
});

test('what is on record of turns goes by itself, long after the newest', async () => {
  const limits = dynamoRateLimits(client, table.tableName);
  const hook = freshHook();
  const day = 24 * 60 * 60;
  for (const at of [startMs, startMs, startMs + day * 1000]) {
    await limits.reserve(hook, 1, at);
    const { Item } = await client.send(
      new GetCommand({ TableName: table.tableName, Key: keys.rate(hook), ConsistentRead: true }),
    );
    expect(Item).toMatchObject({ expiresAt: at / 1000 + 366 * day });
  }
});

test('a lost answer may lose a turn, never gives one twice', async () => {
  const limits = dynamoRateLimits(client, table.tableName);
  const hook = freshHook();
  expect(await limits.reserve(hook, 1, startMs)).toBe(startMs);
  const fault = { kind: 'answer lost', error: connectionReset() } as const;
  mend = failCalls(client, [{ operation: 'UpdateItem', nth: [1], fault }]);
  await expect(limits.reserve(hook, 1, startMs)).rejects.toThrow(TransientError);
  expect(await limits.reserve(hook, 1, startMs)).toBe(startMs + 2_000);
});
