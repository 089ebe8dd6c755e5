import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ulid } from 'ulid';
import { indexes } from '../../../lambdas/timelines/contract.ts';
import { dynamoTimelineProgress } from '../../../lambdas/timelines/dynamo-timeline-progress.ts';
import type { TimelineProgress } from '../../../lambdas/timelines/timeline-store.ts';
import { InMemoryTimelineProgress } from '../../support/in-memory-timelines-progress.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 60_000);
afterAll(async () => table.stop());

const stores: [string, () => TimelineProgress][] = [
  ['the double in memory', () => new InMemoryTimelineProgress()],
  ['the table', () => dynamoTimelineProgress(table.client, table.tableName)],
];
let serial = 0;
const fresh = () => `user:g${++serial}`;

describe.each(stores)('progress in %s', (_name, open) => {
  test('actions of an actor are copied until something else is noted', async () => {
    const store = open();
    const actor = fresh();
    expect(await store.fanOut(actor)).toEqual({ mode: 'copy', since: 0 });
    await store.setFanOut(actor, { mode: 'merge', since: 5 });
    expect(await store.fanOut(actor)).toEqual({ mode: 'merge', since: 5 });
    await store.setFanOut(actor, { mode: 'copy', since: 9 });
    expect(await store.fanOut(actor)).toEqual({ mode: 'copy', since: 9 });
    await store.forgetFanOut(actor);
    await store.forgetFanOut(actor);
    expect(await store.fanOut(actor)).toEqual({ mode: 'copy', since: 0 });
  });

  test('what an erasure removed adds up; a later one begins anew, an earlier one is over', async () => {
    const store = open();
    const [ref, first, second] = [fresh(), ulid(1_000), ulid(2_000)];
    expect(await store.erasure(ref)).toBeUndefined();
    await store.addErased(ref, first, 3, false);
    await store.addErased(ref, first, 4, false);
    expect(await store.erasure(ref)).toEqual({ erasureId: first, removed: 7, done: false });
    await store.addErased(ref, first, 0, true);
    expect(await store.erasure(ref)).toEqual({ erasureId: first, removed: 7, done: true });
    await store.addErased(ref, second, 1, false);
    expect(await store.erasure(ref)).toEqual({ erasureId: second, removed: 1, done: false });
    await store.addErased(ref, first, 9, true);
    expect(await store.erasure(ref)).toEqual({ erasureId: second, removed: 1, done: false });
  });
});
