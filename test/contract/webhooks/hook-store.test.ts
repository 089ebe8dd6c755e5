import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { indexes, keys } from '../../../lambdas/webhooks/contract.ts';
import { DynamoHookStore } from '../../../lambdas/webhooks/dynamo-hook-store.ts';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { healthy } from '../../../lambdas/webhooks/hook-rows.ts';
import type { HookStore } from '../../../lambdas/webhooks/hook-store.ts';
import { connectionReset, transactionCanceled } from '../../support/dynamodb-errors.ts';
import type { CancellationCode } from '../../support/dynamodb-errors.ts';
import { failCalls } from '../../support/failing-calls.ts';
import { InMemoryHookStore } from '../../support/in-memory-hook-store.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { newHook } from '../../support/webhook-hooks.ts';

const nowMs = Date.parse('2026-11-21T10:30:00Z');
const now = () => nowMs;

jest.setTimeout(30_000);

let table: LocalTable;
/** Repeats nothing by itself. */
let client: DynamoDBDocumentClient;
let inTable: HookStore;
let mend = (): void => undefined;
beforeAll(async () => {
  table = await startLocalTable(indexes);
  client = table.connect({ maxAttempts: 1 });
  inTable = new DynamoHookStore(client, table.tableName, now);
}, 120_000);
afterEach(() => mend());
afterAll(async () => table.stop());

const inMemory = new InMemoryHookStore(now);
const stores: [string, () => HookStore][] = [
  ['the table', () => inTable],
  ['memory', () => inMemory],
];

const made = async (store: HookStore, more: Partial<Hook> = {}): Promise<Hook> => {
  const hook = newHook(more);
  expect(await store.create(hook)).toBe('created');
  return hook;
};
const failing = { ...healthy, exhausted: 1, failingSince: nowMs };
const subscriptionOf = ({ ulid, owner, target, events, delivery, enabled, epoch }: Hook) => ({
  hook: ulid,
  owner,
  target,
  events,
  delivery,
  enabled,
  epoch,
});

describe.each(stores)('hooks in %s', (_name, open) => {
  test.each<[string, Partial<Hook>]>([
    ['as little as there can be', {}],
    ['of the installation', { owner: null }],
    [
      'with everything there can be',
      {
        description: 'To the archive',
        delivery: { mode: 'batch', size: 7, time: 2 },
        retry: { retries: 3, retryInterval: 60 },
        onExhausted: 'discard',
        rateLimit: { perSecond: 0.5 },
        enabled: false,
        disabledReason: 'gone',
        epoch: 3,
        secrets: [{ sealed: 'new' }, { sealed: 'old', endsAt: nowMs + 5 }],
      },
    ],
    ['with a schedule', { retry: { schedule: [5, 300] } }],
  ])('one %s is read as it was made', async (_what, more) => {
    const store = open();
    const hook = await made(store, more);
    expect(await store.read(hook.ulid)).toEqual(hook);
    expect(await store.readWithHealth(hook.ulid)).toEqual({ hook, health: healthy });
    expect(await store.subscriptions(hook.owner)).toContainEqual(subscriptionOf(hook));
    expect((await store.list({ owner: hook.owner }, { limit: 100 })).hooks).toContainEqual(hook);
  });

  test('there is none before it is made', async () => {
    const { ulid, owner } = newHook();
    const store = open();
    expect(await store.read(ulid)).toBeUndefined();
    expect(await store.readWithHealth(ulid)).toBeUndefined();
    expect(await store.subscriptions(owner)).toEqual([]);
    expect(await store.list({ owner }, { limit: 5 })).toEqual({ hooks: [] });
    expect(await store.count(owner, 5)).toBe(0);
  });

  test('of any number made with one ULID at once exactly one is', async () => {
    const store = open();
    const hook = newHook();
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, async () => createPersistently(store, hook)),
    );
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(await store.create({ ...hook, target: 'https://example.org/other' })).toBe('exists');
    expect(await store.read(hook.ulid)).toEqual(hook);
  });

  test('a change raises the version, and one of an earlier version is refused whole', async () => {
    const store = open();
    const hook = await made(store);
    const changed = { ...hook, target: 'https://example.org/2', events: ['*'], epoch: 1 };
    expect(await store.replace(changed)).toBe('replaced');
    const after = { ...changed, version: 1 };
    expect(await store.replace({ ...hook, enabled: false })).toBe('changed');
    expect(await store.read(hook.ulid)).toEqual(after);
    expect(await store.subscriptions(hook.owner)).toEqual([subscriptionOf(after)]);
    expect(await store.replace({ ...after, enabled: false })).toBe('replaced');
    expect((await store.subscriptions(hook.owner))[0]).toMatchObject({ enabled: false });
  });

  test('of several changes at once one is made', async () => {
    const store = open();
    const hook = await made(store);
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].map(async (name) => store.replace({ ...hook, description: name })),
    );
    const replaced = outcomes.filter(
      (outcome) => outcome.status === 'fulfilled' && outcome.value === 'replaced',
    );
    expect(replaced).toHaveLength(1);
    expect((await store.read(hook.ulid))?.version).toBe(1);
  });

  test('a change of what was never made makes nothing', async () => {
    const store = open();
    const hook = newHook();
    expect(await store.replace(hook)).toBe('changed');
    expect(await store.remove(hook)).toBe('changed');
    expect(await store.saveHealth(hook, failing)).toBe('changed');
    expect(await store.read(hook.ulid)).toBeUndefined();
    expect(await store.subscriptions(hook.owner)).toEqual([]);
  });

  test('a deleted one is gone with its health, and cannot be brought back', async () => {
    const store = open();
    const hook = await made(store);
    await store.saveHealth(hook, failing);
    expect(await store.remove({ ...hook, version: 1 })).toBe('changed');
    expect(await store.remove(hook)).toBe('removed');
    expect(await store.remove(hook)).toBe('changed');
    expect(await store.read(hook.ulid)).toBeUndefined();
    expect(await store.readWithHealth(hook.ulid)).toBeUndefined();
    expect(await store.subscriptions(hook.owner)).toEqual([]);
    expect(await store.list({ owner: hook.owner }, { limit: 5 })).toEqual({ hooks: [] });
    expect(await store.create(hook)).toBe('exists');
    expect(await store.replace(hook)).toBe('changed');
    for (const version of [0, 1]) {
      expect(await store.saveHealth(hook, { ...failing, version })).toBe('changed');
    }
    expect(await store.read(hook.ulid)).toBeUndefined();
  });

  test('health is saved as it was read, and refused otherwise', async () => {
    const store = open();
    const hook = await made(store);
    expect(await store.saveHealth(hook, failing)).toBe('saved');
    expect(await store.saveHealth(hook, failing)).toBe('changed');
    const saved = { ...failing, version: 1 };
    expect(await store.readWithHealth(hook.ulid)).toEqual({ hook, health: saved });
    const worse = { ...saved, timeouts: 5, openUntil: nowMs + 5_000, warned: true };
    expect(await store.saveHealth(hook, worse)).toBe('saved');
    expect(await store.saveHealth(hook, worse)).toBe('changed');
    const read = await store.readWithHealth(hook.ulid);
    expect(read?.health).toEqual({ ...worse, version: 2 });
    expect(await store.saveHealth(hook, { ...healthy, version: 2 })).toBe('saved');
    expect((await store.readWithHealth(hook.ulid))?.health).toEqual({ ...healthy, version: 3 });
  });

  test.each([0, 1])('of several savings at once of version %i one is made', async (version) => {
    const store = open();
    const hook = await made(store);
    if (version === 1) await store.saveHealth(hook, healthy);
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map(async (exhausted) =>
        store.saveHealth(hook, { ...failing, exhausted, version }),
      ),
    );
    const saved = outcomes.filter(
      (outcome) => outcome.status === 'fulfilled' && outcome.value === 'saved',
    );
    expect(saved).toHaveLength(1);
    expect((await store.readWithHealth(hook.ulid))?.health.version).toBe(version + 1);
  });

  test('hooks are listed newest first, page after page, by owner and all together', async () => {
    const store = open();
    const { owner } = newHook();
    const mine: Hook[] = [];
    for (let at = 0; at < 5; at++) {
      mine.unshift(await made(store, { owner, ulid: randomUlid(nowMs + 60_000 * at) }));
    }
    const other = await made(store);
    const last = mine.at(-1)?.ulid;
    expect(await store.list({ owner }, { limit: 5 })).toEqual({ hooks: mine });
    expect(await Promise.all([4, 5, 6].map((upTo) => store.count(owner, upTo)))).toEqual([4, 5, 5]);
    const first = await store.list({ owner }, { limit: 2 });
    expect(first).toEqual({ hooks: mine.slice(0, 2), after: mine[1]?.ulid });
    expect(await store.list({ owner }, { after: first.after, limit: 3 })).toEqual({
      hooks: mine.slice(2),
    });
    expect(await store.list({ owner }, { after: last, limit: 3 })).toEqual({ hooks: [] });
    const walked: string[] = [];
    for (let after: string | undefined, more = true; more; more = after !== undefined) {
      const page = await store.list('all', { after, limit: 3 });
      walked.push(...page.hooks.map(({ ulid }) => ulid));
      after = page.after;
    }
    expect(walked).toEqual(walked.toSorted().toReversed());
    expect(new Set(walked).size).toBe(walked.length);
    expect(walked).toEqual(expect.arrayContaining([other, ...mine].map(({ ulid }) => ulid)));
  });

  test('subscriptions of a resource are all of them, and of nobody else', async () => {
    const store = open();
    const { owner } = newHook();
    // More than the megabyte that one call of a query reads.
    const events = Array.from({ length: 100 }, (_, index) => `${'long'.repeat(300)}.n${index}`);
    const hooks: Hook[] = [];
    for (let index = 0; index < 10; index++) hooks.push(await made(store, { owner, events }));
    const found = await store.subscriptions(owner);
    expect(found.map(({ hook }) => hook).toSorted()).toEqual(
      hooks.map(({ ulid }) => ulid).toSorted(),
    );
    const listed = await store.list({ owner }, { limit: 100 });
    expect(listed.hooks).toHaveLength(10);
    expect(listed.after).toBeUndefined();
  });
});

/** As the table has it. */
const row = async (key: { pk: string; sk: string }) => {
  const { Item } = await client.send(
    new GetCommand({ TableName: table.tableName, Key: key, ConsistentRead: true }),
  );
  return Item;
};

describe('hooks in the table', () => {
  test('a deleted one leaves a mark for two days and nothing else', async () => {
    const hook = await made(inTable);
    await inTable.saveHealth(hook, failing);
    await inTable.remove(hook);
    expect(await row(keys.hook(hook.ulid))).toEqual({
      ...keys.hook(hook.ulid),
      deleted: true,
      expiresAt: nowMs / 1000 + 2 * 24 * 60 * 60,
    });
    for (const key of [
      keys.health(hook.ulid),
      keys.listed(hook.ulid),
      keys.owned(hook.owner, hook.ulid),
    ]) {
      expect(await row(key)).toBeUndefined();
    }
  });

  test('a lost answer leaves it done, and a repeat says so', async () => {
    const fault = { kind: 'answer lost', error: connectionReset() } as const;
    const lose = () => {
      mend = failCalls(client, [{ operation: 'TransactWriteItems', nth: [1], fault }]);
    };
    const hook = newHook();
    lose();
    await expect(inTable.create(hook)).rejects.toThrow(TransientError);
    mend();
    expect(await inTable.create(hook)).toBe('exists');
    lose();
    await expect(inTable.replace({ ...hook, epoch: 1 })).rejects.toThrow(TransientError);
    mend();
    expect(await inTable.replace({ ...hook, epoch: 1 })).toBe('changed');
    const read = await inTable.read(hook.ulid);
    expect(read).toEqual({ ...hook, epoch: 1, version: 1 });
    if (!read) throw new Error('it is there');
    lose();
    await expect(inTable.remove(read)).rejects.toThrow(TransientError);
    mend();
    expect(await inTable.remove(read)).toBe('changed');
    expect(await inTable.read(hook.ulid)).toBeUndefined();
  });

  test.each<CancellationCode>(['TransactionConflict', 'ThrottlingError'])(
    'what stands in the way for a moment (%s) is no answer, and changes nothing',
    async (code) => {
      const hook = newHook();
      const error = transactionCanceled(['None', code, 'None']);
      mend = failCalls(client, [
        { operation: 'TransactWriteItems', nth: [1], fault: { kind: 'refused', error } },
      ]);
      await expect(inTable.create(hook)).rejects.toThrow(TransientError);
      expect(await inTable.read(hook.ulid)).toBeUndefined();
      expect(await inTable.create(hook)).toBe('created');
    },
  );
});

/** As callers do: a passing failure is tried again. */
async function createPersistently(store: HookStore, hook: Hook): Promise<'created' | 'exists'> {
  try {
    return await store.create(hook);
  } catch (error) {
    if (error instanceof TransientError) return createPersistently(store, hook);
    throw error;
  }
}
