import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ulid } from 'ulid';
import { happenedAt } from '../../../lambdas/timelines/action.ts';
import { indexes } from '../../../lambdas/timelines/contract.ts';
import { dynamoPublicTimelines } from '../../../lambdas/timelines/dynamo-public-timelines.ts';
import { mergedRows } from '../../../lambdas/timelines/merged-rows.ts';
import { listPublic } from '../../../lambdas/timelines/public-timeline.ts';
import { retractionSeconds } from '../../../lambdas/timelines/public-row.ts';
import { ActionCatalogue } from '../../../lambdas/timelines/action-catalogue.ts';
import type {
  PublicAction,
  PublicTimelines,
  Range,
} from '../../../lambdas/timelines/timeline-store.ts';
import { InMemoryPublicTimelines } from '../../support/in-memory-timelines-public.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { silentLog } from '../../support/silent-log.ts';
import { GetCommand } from '@aws-sdk/lib-dynamodb';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 60_000);
afterAll(async () => table.stop());

const startMs = Date.parse('2026-11-21T10:00:00Z');
const at = { nowMs: startMs, erased: false };
const verbs = ['like', 'comment', 'join'];
let serial = 0;
const fresh = () => `user:p${++serial}`;

const stores: [string, () => PublicTimelines][] = [
  ['the double in memory', () => new InMemoryPublicTimelines()],
  ['the table', () => dynamoPublicTimelines(table.client, table.tableName)],
];

function actionOf(actor: string, second: number, more: Partial<PublicAction> = {}): PublicAction {
  const id = ulid(startMs + second * 1000);
  return {
    ulid: id,
    actor,
    verb: 'like',
    postedAt: happenedAt({ ulid: id }),
    self: false,
    ...more,
  };
}

/** One actor's actions, oldest first, a second apart. */
async function posted(store: PublicTimelines, changes: readonly Partial<PublicAction>[]) {
  const actor = fresh();
  const actions = changes.map((change, second) => actionOf(actor, second, change));
  for (const action of actions) await store.add(action);
  return { actor, actions, ulids: actions.map((action) => action.ulid) };
}

async function ulidsOf(store: PublicTimelines, actor: string, range: Partial<Range>) {
  const { rows, more } = await store.read(actor, { order: 'asc', limit: 100, ...range });
  return { ulids: rows.map((row) => row.ulid), more };
}

describe.each(stores)('public timelines in %s', (_name, open) => {
  test('an action comes back as it was, with everything or with the least', async () => {
    const store = open();
    const full = {
      target: 'article:a-1',
      data: '{"n":1e400,"__proto__":{"a":[1]}}',
      postedAt: startMs + 77_000,
      self: true,
    };
    const { actor, actions } = await posted(store, [full, {}]);
    const { rows, more } = await store.read(actor, { order: 'asc', limit: 10 });
    expect(rows).toEqual(actions.map((action) => ({ ...action, retracted: false })));
    expect(more).toBe(false);
    expect(await store.get(actor, actions[0]?.ulid ?? '')).toEqual(rows[0]);
    expect(await store.get(actor, ulid(startMs))).toBeUndefined();
  });

  test('adding again changes nothing, and brings back nothing that was taken back', async () => {
    const store = open();
    const { actor, actions, ulids } = await posted(store, [{ verb: 'join' }]);
    const [action] = actions;
    if (!action) throw new Error('nothing was posted');
    await store.add({ ...action, verb: 'like' });
    expect(await store.get(actor, action.ulid)).toMatchObject({ verb: 'join' });
    expect(await store.retract(actor, action.ulid, at)).toBe(true);
    await store.add(action);
    expect(await ulidsOf(store, actor, {})).toEqual({ ulids, more: false });
    expect(await store.get(actor, action.ulid)).toEqual({
      retracted: true,
      actor,
      ulid: action.ulid,
    });
  });

  test('an action is taken back once, and only by its actor', async () => {
    const store = open();
    const { actor, ulids } = await posted(store, [{ target: 'article:7', data: '{}' }]);
    const [id = ''] = ulids;
    expect(await store.retract(fresh(), id, at)).toBe(false);
    expect(await store.retract(actor, ulid(startMs), at)).toBe(false);
    expect(await store.retract(actor, id, { ...at, erased: true })).toBe(true);
    expect(await store.retract(actor, id, at)).toBe(false);
    const selected = { order: 'desc', limit: 10 } as const;
    const likes = { by: 'verb', verb: 'like', targetType: 'article' } as const;
    const seven = { by: 'target', target: 'article:7', verb: undefined } as const;
    expect(await store.readSelected(actor, likes, selected)).toEqual({ rows: [], more: false });
    expect(await store.readSelected(actor, seven, selected)).toEqual({ rows: [], more: false });
    expect(await store.count(actor, 'all', verbs, 100)).toBe(0);
  });

  test('bounds are inclusive, `after` is not, and an empty range is empty', async () => {
    const store = open();
    const { actor, ulids } = await posted(store, [{}, {}, {}, {}, {}]);
    const [, second, third, fourth] = ulids;
    if (!second || !third || !fourth) throw new Error('five were posted');
    const within = { oldest: second, newest: fourth };
    expect(await ulidsOf(store, actor, within)).toEqual({ ulids: ulids.slice(1, 4), more: false });
    expect(await ulidsOf(store, actor, { ...within, order: 'desc' })).toEqual({
      ulids: ulids.slice(1, 4).toReversed(),
      more: false,
    });
    expect((await ulidsOf(store, actor, { after: third })).ulids).toEqual(ulids.slice(3));
    expect((await ulidsOf(store, actor, { after: third, order: 'desc' })).ulids).toEqual(
      ulids.slice(0, 2).toReversed(),
    );
    expect((await ulidsOf(store, actor, { ...within, after: third })).ulids).toEqual([fourth]);
    expect((await ulidsOf(store, actor, { oldest: third, newest: third })).ulids).toEqual([third]);
    const nothing = { ulids: [], more: false };
    expect(await ulidsOf(store, actor, { oldest: fourth, newest: second })).toEqual(nothing);
    expect(await ulidsOf(store, actor, { ...within, after: fourth })).toEqual(nothing);
    expect(await ulidsOf(store, actor, { ...within, after: second, order: 'desc' })).toEqual(
      nothing,
    );
    expect(await ulidsOf(store, fresh(), {})).toEqual(nothing);
  });

  test('a piece that is not the last one says so', async () => {
    const store = open();
    const { actor, ulids } = await posted(store, [{}, {}, {}]);
    expect(await ulidsOf(store, actor, { limit: 2 })).toEqual({
      ulids: ulids.slice(0, 2),
      more: true,
    });
    expect(await ulidsOf(store, actor, { limit: 2, after: ulids[1] ?? '' })).toEqual({
      ulids: ulids.slice(2),
      more: false,
    });
  });

  test('selections tell verb, type of target, target and no target apart', async () => {
    const store = open();
    const { actor, ulids } = await posted(store, [
      { verb: 'join' },
      { target: 'article:7' },
      { target: 'article:77' },
      { target: 'photo:7' },
      { verb: 'comment', target: 'article:7' },
    ]);
    const { actor: other } = await posted(store, [{ target: 'article:7' }]);
    expect(other).not.toBe(actor);
    const found = async (selection: Parameters<PublicTimelines['readSelected']>[1]) => {
      const { rows } = await store.readSelected(actor, selection, { order: 'asc', limit: 10 });
      const count = await store.count(actor, selection, verbs, 10);
      expect(count).toBe(rows.length);
      return rows.map((row) => ulids.indexOf(row.ulid));
    };
    expect(await found({ by: 'verb', verb: 'join', targetType: undefined })).toEqual([0]);
    expect(await found({ by: 'verb', verb: 'like', targetType: undefined })).toEqual([]);
    expect(await found({ by: 'verb', verb: 'like', targetType: 'article' })).toEqual([1, 2]);
    expect(await found({ by: 'verb', verb: 'like', targetType: 'photo' })).toEqual([3]);
    expect(await found({ by: 'target', target: 'article:7', verb: undefined })).toEqual([1, 4]);
    expect(await found({ by: 'target', target: 'article:7', verb: 'comment' })).toEqual([4]);
    const likes = { by: 'verb', verb: 'like', targetType: 'article' } as const;
    const range = { order: 'desc', limit: 10, oldest: ulids[2], newest: ulids[3] } as const;
    const { rows } = await store.readSelected(actor, likes, {
      ...range,
      oldest: ulids[2] ?? '',
      newest: ulids[3] ?? '',
    });
    expect(rows.map((row) => row.ulid)).toEqual([ulids[2]]);
  });

  test('counts stop at their cap and leave out undeclared verbs', async () => {
    const store = open();
    const { actor } = await posted(store, [{}, {}, {}, { verb: 'sneeze' }]);
    expect(await store.count(actor, 'all', verbs, 100)).toBe(3);
    expect(await store.count(actor, 'all', verbs, 2)).toBe(2);
    expect(await store.count(actor, 'all', [], 100)).toBe(0);
  });

  test('a filter finds what stands behind more than a megabyte of other verbs', async () => {
    const store = open();
    const data = JSON.stringify({ text: 'x'.repeat(4_000) });
    const comments = Array.from({ length: 600 }, () => ({ verb: 'comment', data }));
    const { actor, ulids } = await posted(
      store,
      [{}, ...comments, {}].map((change) => ({ ...change, target: 'article:7' })),
    );
    const parts = {
      publics: store,
      catalogue: new ActionCatalogue(verbs.map((verb) => ({ verb, actor: 'user' }))),
      targetTypes: ['article'],
      log: silentLog(),
    };
    const filter = { verb: 'like', target: 'article:7' };
    const list = { order: 'desc', filter, limit: 1 } as const;
    const first = await listPublic(parts, actor, list);
    expect(first.items.map((item) => item.ulid)).toEqual([ulids.at(-1)]);
    const second = await listPublic(parts, actor, {
      ...list,
      ...(first.after !== undefined && { after: first.after }),
    });
    expect(second.items.map((item) => item.ulid)).toEqual([ulids[0]]);
    expect(second.after).toBeUndefined();
    expect(await store.count(actor, 'all', verbs, 10_000)).toBe(602);
    const walked: string[] = [];
    const source = async (range: Range) => store.read(actor, range);
    for await (const [row] of mergedRows([source], { order: 'asc', limit: 1_000 })) {
      if (row) walked.push(row.ulid);
    }
    expect(walked).toEqual(ulids);
  }, 60_000);
});

test('the table forgets what was taken back after fifteen days, in seconds', async () => {
  const store = dynamoPublicTimelines(table.client, table.tableName);
  const action = actionOf(fresh(), 1);
  await store.add(action);
  await store.retract(action.actor, action.ulid, { nowMs: startMs + 999, erased: false });
  const { Item } = await table.client.send(
    new GetCommand({
      TableName: table.tableName,
      Key: { pk: `PUB#${action.actor}`, sk: `${action.ulid}#` },
    }),
  );
  expect(Item?.['expiresAt']).toBe(startMs / 1000 + retractionSeconds);
  expect(Object.keys(Item ?? {}).toSorted()).toEqual(['expiresAt', 'pk', 'retracted', 'sk']);
});
