import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { StoredContent } from '../../../lambdas/push/content/content-store.ts';
import { indexes, laneLeaseMs } from '../../../lambdas/push/contract.ts';
import { TransientError } from '../../../lambdas/shared/errors.ts';
import { randomUlid } from '../../../lambdas/shared/identifier.ts';
import {
  connectionReset,
  internalServerError,
  throttled,
  transactionCanceled,
} from '../../support/dynamodb-errors.ts';
import type { CancellationCode } from '../../support/dynamodb-errors.ts';
import { failCalls } from '../../support/failing-calls.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import {
  claimedOf,
  finishedOf,
  newHold,
  newRow,
  pushed,
  sameAs,
  unsent,
} from '../../support/push/sample-rows.ts';
import { drainOf, newRun } from '../../support/push/sample-runs.ts';
import { patientPace, storesInTable } from '../../support/push/stores.ts';
import type { PushStores } from '../../support/push/stores.ts';

let table: LocalTable;
/** Repeats by itself, as in a function. */
let client: DynamoDBDocumentClient;
/** Repeats nothing by itself. */
let onceClient: DynamoDBDocumentClient;
let stores: PushStores;
let once: PushStores;
/** Without faults. */
let sound: PushStores;
let mend = (): void => undefined;
beforeAll(async () => {
  table = await startLocalTable(indexes);
  client = table.connect({});
  onceClient = table.connect({ maxAttempts: 1 });
  stores = storesInTable({ ...table, client });
  once = storesInTable({ ...table, client: onceClient });
  sound = storesInTable(table);
}, 120_000);
afterEach(() => mend());
afterAll(async () => table.stop());

type Operation = 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'TransactWriteItems';

/** The write happens; the SDK, which hears nothing of it, sends it again. */
function loseAnswer(operation: Operation, of = client): void {
  mend = failCalls(of, [
    { operation, nth: [1], fault: { kind: 'answer lost', error: internalServerError() } },
  ]);
}

function refuse(operation: Operation, error: Error, nth = [1]): void {
  mend = failCalls(onceClient, [{ operation, nth, fault: { kind: 'refused', error } }]);
}

const ofContent = async (content: string) =>
  (await sound.rows.list({ content }, { after: undefined, limit: 10 })).items;

function newContent(): StoredContent {
  const id = randomUlid(Date.now());
  return {
    ref: `story:${id}`,
    type: 'story',
    id,
    version: 1,
    ulid: id,
    fields: { title: 'a', score: 1 },
    related: ['photo:1'],
    binaries: [],
    createdAt: '2026-01-02T03:04:05.000Z',
    updatedAt: '2026-01-02T03:04:05.000Z',
  };
}

describe('a write whose answer was lost, sent again by the SDK', () => {
  test('stores an item of content, and says so', async () => {
    const first = newContent();
    loseAnswer('PutItem');
    expect(await stores.content.put(first)).toBe(true);
    mend();
    loseAnswer('PutItem');
    const second = { ...first, version: 2, fields: {} };
    expect(await stores.content.put(second)).toBe(true);
    expect(await sound.content.get(first.ref)).toEqual(second);
  });

  test('makes one row', async () => {
    const row = newRow();
    loseAnswer('TransactWriteItems');
    await stores.rows.enqueue(row);
    expect(await ofContent(row.content)).toMatchObject([{ ulid: row.ulid, version: 1 }]);
  });

  test('records one failure', async () => {
    const row = newRow();
    loseAnswer('PutItem');
    await stores.rows.record(row, 'SUPERVISOR_ERROR', 'boom');
    expect(await ofContent(row.content)).toMatchObject([{ message: 'boom', version: 1 }]);
  });

  test('claims a row for its worker, once', async () => {
    const row = newRow();
    await sound.rows.enqueue(row);
    loseAnswer('UpdateItem');
    const by = newHold();
    expect(await stores.rows.claim(row.ulid, by)).toMatchObject({ ...by, claims: 1, version: 2 });
    expect(await sound.rows.get(row.ulid)).toMatchObject({ claims: 1, version: 2 });
  });

  test('ends a push, and says so', async () => {
    const claimed = await claimedOf(sound.rows, newRow());
    loseAnswer('PutItem');
    expect(await stores.rows.finish(claimed, pushed, 9)).toBe(true);
    expect(await sound.rows.get(claimed.ulid)).toMatchObject({ status: 'PUSHED', version: 3 });
  });

  test('does not end a push that another has by now', async () => {
    const claimed = await claimedOf(sound.rows, newRow());
    await sound.rows.renew(claimed);
    const theirs = await sound.rows.claim(claimed.ulid, newHold());
    loseAnswer('PutItem');
    expect(await stores.rows.finish(claimed, pushed, 9)).toBe(false);
    expect(await sound.rows.get(claimed.ulid)).toEqual(theirs);
  });

  test('refuses a row, and says so', async () => {
    const row = newRow();
    await sound.rows.enqueue(row);
    loseAnswer('UpdateItem');
    expect(await stores.rows.refuse(row.ulid, 'PUSH_ERROR', 'no such rule')).toBe(true);
    expect(await sound.rows.get(row.ulid)).toMatchObject({ status: 'PUSH_ERROR', version: 2 });
  });

  test('renews a row, and says so', async () => {
    const failed = await finishedOf(sound.rows, newRow(), unsent);
    loseAnswer('TransactWriteItems');
    expect(await stores.rows.renew(failed)).toBe('done');
    expect(await sound.rows.get(failed.ulid)).toMatchObject({
      status: 'NEW',
      version: failed.version + 1,
    });
  });

  test('removes a row with its place or without, and says so', async () => {
    const row = newRow();
    const old = await finishedOf(sound.rows, row, pushed);
    loseAnswer('TransactWriteItems');
    expect(await stores.rows.remove(old)).toBe(true);
    mend();
    const second = await finishedOf(sound.rows, newRow(), pushed);
    await sound.rows.enqueue(sameAs(second));
    loseAnswer('DeleteItem');
    expect(await stores.rows.remove(second)).toBe(true);
    expect(await sound.rows.get(old.ulid)).toBeUndefined();
    expect(await sound.rows.get(second.ulid)).toBeUndefined();
  });

  test('gives a lane to who asked, and once', async () => {
    const lane = `lost#${newRow().ulid}`;
    loseAnswer('UpdateItem');
    expect(await stores.lanes.acquire(lane, 1_000)).toBe(1);
    mend();
    expect(await sound.lanes.acquire(lane, 1_000)).toBeUndefined();
    loseAnswer('UpdateItem');
    expect(await stores.lanes.renew(lane, 1, 2_000)).toBe(true);
    mend();
    loseAnswer('UpdateItem');
    await stores.lanes.release(lane, 1);
    expect(await sound.lanes.acquire(lane, 2_000)).toBe(2);
    expect(await sound.lanes.acquire(lane, 2_000 + laneLeaseMs)).toBe(3);
  });

  test('counts in a run once', async () => {
    const run = newRun();
    await sound.runs.create(run);
    loseAnswer('UpdateItem');
    await stores.runs.progress(run.ulid, { counts: { pushed: 1 }, messages: ['a'] }, 1);
    mend();
    loseAnswer('UpdateItem');
    await stores.runs.endJob(run.ulid, drainOf(run.ulid, 0), { counts: { pushed: 1 } }, 1);
    expect(await sound.runs.get(run.ulid)).toMatchObject({
      counts: { pushed: 2 },
      messages: ['a'],
      jobs: [drainOf(run.ulid, 1)],
    });
  });

  test('revives a run, and says so', async () => {
    const run = newRun();
    await sound.runs.create(run);
    loseAnswer('UpdateItem');
    expect(await stores.runs.revive(run, run.aliveMs + 1)).toBe(true);
    expect(await sound.runs.get(run.ulid)).toMatchObject({ revivedMs: run.aliveMs + 1 });
  });
});

describe('a write whose answer was lost to a caller without the SDK’s repeats', () => {
  test('is a passing failure of content, and its repeat is right', async () => {
    const first = newContent();
    loseAnswer('PutItem', onceClient);
    await expect(once.content.put(first)).rejects.toThrow(TransientError);
    expect(await once.content.put(first)).toBe(true);
  });

  test('is a passing failure of a claim, and its repeat by the same worker is right', async () => {
    const row = newRow();
    await sound.rows.enqueue(row);
    const by = newHold();
    loseAnswer('UpdateItem', onceClient);
    await expect(once.rows.claim(row.ulid, by)).rejects.toThrow(TransientError);
    expect(await sound.rows.claim(row.ulid, newHold())).toBeUndefined();
    expect(await once.rows.claim(row.ulid, by)).toMatchObject({ ...by, claims: 1 });
  });

  test('is repeated by what makes rows NEW, and by what adds to runs', async () => {
    const row = newRow();
    loseAnswer('TransactWriteItems', onceClient);
    await once.rows.enqueue(row);
    mend();
    expect(await ofContent(row.content)).toHaveLength(1);
    const failed = await finishedOf(sound.rows, newRow(), unsent);
    loseAnswer('TransactWriteItems', onceClient);
    expect(await once.rows.renew(failed)).toBe('done');
    mend();
    const run = newRun();
    await sound.runs.create(run);
    loseAnswer('UpdateItem', onceClient);
    await once.runs.progress(run.ulid, { counts: { failed: 3 } }, 1);
    expect(await sound.runs.get(run.ulid)).toMatchObject({ counts: { failed: 3 } });
  });
});

describe('what DynamoDB refuses for the moment', () => {
  const codes: [string, CancellationCode[]][] = [
    ['the row is written by another', ['TransactionConflict', 'None']],
    ['the place is written by another', ['None', 'TransactionConflict']],
    ['an index takes no more', ['ThrottlingError', 'None']],
    ['a partition takes no more', ['None', 'ProvisionedThroughputExceeded']],
  ];
  test.each(codes)('is asked again until it is done: %s', async (_name, reasons) => {
    const row = newRow();
    refuse('TransactWriteItems', transactionCanceled(reasons), [1, 2]);
    await once.rows.enqueue(row);
    mend();
    expect(await ofContent(row.content)).toHaveLength(1);
    const failed = await finishedOf(sound.rows, newRow(), unsent);
    refuse('TransactWriteItems', transactionCanceled(reasons), [1, 2]);
    expect(await once.rows.renew(failed)).toBe('done');
    mend();
    const old = await finishedOf(sound.rows, newRow(), pushed);
    refuse('TransactWriteItems', transactionCanceled(reasons), [1, 2]);
    expect(await once.rows.remove(old)).toBe(true);
  });

  test('fails for the caller to repeat when it does not pass', async () => {
    const impatient = { ...patientPace, patienceMs: 0 };
    const { rows } = storesInTable({ ...table, client: onceClient }, impatient);
    const row = newRow();
    const everyTime = Array.from({ length: 100 }, (_none, place) => place + 1);
    refuse('TransactWriteItems', throttled(), everyTime);
    await expect(rows.enqueue(row)).rejects.toThrow(TransientError);
    mend();
    expect(await ofContent(row.content)).toEqual([]);
    refuse('UpdateItem', connectionReset());
    await expect(once.lanes.acquire(`refused#${row.ulid}`, 1)).rejects.toThrow(TransientError);
  });
});
