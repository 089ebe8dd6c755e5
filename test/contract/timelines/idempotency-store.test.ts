import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamoIdempotencyStore } from '../../../lambdas/shared/dynamo/dynamo-idempotency-store.ts';
import { idempotencySeconds } from '../../../lambdas/shared/idempotency.ts';
import type { IdempotencyStore } from '../../../lambdas/shared/idempotency.ts';
import type { Clock } from '../../../lambdas/shared/identifier.ts';
import { indexes } from '../../../lambdas/timelines/contract.ts';
import { InMemoryIdempotency } from '../../support/in-memory-timelines-idempotency.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 60_000);
afterAll(async () => table.stop());

const stores: [string, (now: Clock) => IdempotencyStore][] = [
  ['the double in memory', (now) => new InMemoryIdempotency(now)],
  ['the table', (now) => dynamoIdempotencyStore(table.client, table.tableName, now)],
];
let serial = 0;
const fresh = () => `key-${++serial}`;
const entryOf = (name: string) => ({ bodyHash: `hash of ${name}`, answer: `{"name":"${name}"}` });

describe.each(stores)('first answers in %s', (_name, open) => {
  test('the first is kept, later ones get it, other keys do not', async () => {
    const store = open(virtualClock().now);
    const key = fresh();
    expect(await store.remember(key, entryOf('first'))).toBeUndefined();
    expect(await store.remember(key, entryOf('second'))).toEqual(entryOf('first'));
    expect(await store.remember(key, entryOf('third'))).toEqual(entryOf('first'));
    expect(await store.remember(fresh(), entryOf('other'))).toBeUndefined();
  });

  test('of many at the same time exactly one is the first', async () => {
    const store = open(virtualClock().now);
    const key = fresh();
    const entries = Array.from({ length: 10 }, (_, at) => entryOf(`${at}`));
    const answers = await Promise.all(entries.map(async (entry) => store.remember(key, entry)));
    const firsts = entries.filter((_, at) => answers[at] === undefined);
    expect(firsts).toHaveLength(1);
    expect(answers.filter((answer) => answer !== undefined)).toEqual(
      Array.from({ length: 9 }, () => firsts[0]),
    );
  });

  test('after 24 hours a key is free again, whether or not its row is still there', async () => {
    const clock = virtualClock();
    const store = open(clock.now);
    const key = fresh();
    await store.remember(key, entryOf('first'));
    clock.advance((idempotencySeconds - 1) * 1000);
    expect(await store.remember(key, entryOf('second'))).toEqual(entryOf('first'));
    clock.advance(1_000);
    expect(await store.remember(key, entryOf('third'))).toBeUndefined();
    expect(await store.remember(key, entryOf('fourth'))).toEqual(entryOf('third'));
  });
});
