import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ulid } from 'ulid';
import type { Action } from '../../../lambdas/timelines/action.ts';
import { indexes } from '../../../lambdas/timelines/contract.ts';
import { dynamoPrivateTimelines } from '../../../lambdas/timelines/dynamo-private-timelines.ts';
import { mergedRows } from '../../../lambdas/timelines/merged-rows.ts';
import type {
  Note,
  Order,
  PrivateRow,
  PrivateTimelines,
  Range,
} from '../../../lambdas/timelines/timeline-store.ts';
import { failCalls } from '../../support/failing-calls.ts';
import { InMemoryPrivateTimelines } from '../../support/in-memory-timelines-private.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 60_000);
afterAll(async () => table.stop());

const startMs = Date.parse('2026-11-21T10:00:00Z');
let serial = 0;
const fresh = (type = 'user') => `${type}:o${++serial}`;
const idAt = (second: number) => ulid(startMs + second * 1000);
const actionAt = (second: number, more: Partial<Action> = {}): Action => ({
  ulid: idAt(second),
  actor: 'user:flo',
  verb: 'like',
  ...more,
});

const noteAt = (second: number, more: Partial<Note> = {}): Note => ({
  ...actionAt(second),
  postedAt: startMs + second * 1000,
  ...more,
});

const stores: [string, () => PrivateTimelines][] = [
  ['the double in memory', () => new InMemoryPrivateTimelines()],
  ['the table', () => dynamoPrivateTimelines(table.client, table.tableName)],
];

const all = { order: 'asc', limit: 1_000 } as const;
const kindsOf = (rows: readonly PrivateRow[]) => rows.map(({ kind }) => kind);

describe.each(stores)('rows of private timelines in %s', (_name, open) => {
  test('copies, notifications and removal marks of one action stand together', async () => {
    const store = open();
    const [owner, first, second] = [fresh(), idAt(1), idAt(2)];
    const early = actionAt(10);
    const late = actionAt(20, { target: 'article:7', data: '{"a":1}' });
    const [earlyNote, lateNote] = [
      { ...early, postedAt: startMs },
      { ...late, postedAt: 77 },
    ];
    await store.markRemoved(owner, early.ulid);
    await store.addNote(owner, lateNote);
    await store.addNote(owner, earlyNote);
    await store.writeCopies([
      { owner, followId: second, ...early },
      { owner, followId: first, ...early },
      { owner, followId: first, ...late },
    ]);
    const rows: PrivateRow[] = [
      { kind: 'copy', followId: first, ...early },
      { kind: 'copy', followId: second, ...early },
      { kind: 'note', ...earlyNote },
      { kind: 'removed', ulid: early.ulid },
      { kind: 'copy', followId: first, ...late },
      { kind: 'note', ...lateNote },
    ];
    expect(await store.read(owner, all)).toEqual({ rows, more: false });
    expect(await store.read(owner, { ...all, order: 'desc' })).toEqual({
      rows: rows.toReversed(),
      more: false,
    });
  });

  test('bounds take or leave all rows of an action', async () => {
    const store = open();
    const [owner, followId] = [fresh(), idAt(1)];
    const actions = [actionAt(10), actionAt(20), actionAt(30)];
    for (const action of actions) {
      await store.writeCopies([{ owner, followId, ...action }]);
      await store.markRemoved(owner, action.ulid);
    }
    await store.touch(owner, startMs, false);
    const [one = '', two = '', three = ''] = actions.map((action) => action.ulid);
    const read = async (range: Partial<Range>) =>
      (await store.read(owner, { ...all, ...range })).rows.map((row) => row.ulid);
    expect(await read({ after: one })).toEqual([two, two, three, three]);
    expect(await read({ after: two, order: 'desc' })).toEqual([one, one]);
    expect(await read({ oldest: two, newest: two })).toEqual([two, two]);
    expect(await read({ oldest: two })).toEqual([two, two, three, three]);
    expect(await read({ newest: two, order: 'desc' })).toEqual([two, two, one, one]);
    expect(await read({ oldest: three, newest: one })).toEqual([]);
    expect(await read({ oldest: one, newest: two, after: two })).toEqual([]);
  });

  test.each<[Order, number]>([
    ['asc', 1],
    ['asc', 2],
    ['desc', 3],
    ['desc', 1],
  ])(
    'walking %s by pieces of %i gives each action once with all its rows',
    async (order, limit) => {
      const store = open();
      const owner = fresh();
      const actions = [10, 20, 30, 40].map((second) => actionAt(second));
      for (const [index, action] of actions.entries()) {
        const copies = Array.from({ length: index + 1 }, (_, at) => ({
          owner,
          followId: idAt(at),
          ...action,
        }));
        await store.writeCopies(copies);
      }
      const groups: [string, number][] = [];
      const source = async (range: Range) => store.read(owner, range);
      for await (const rows of mergedRows([source], { order, limit })) {
        groups.push([rows[0]?.ulid ?? '', rows.length]);
      }
      const wanted = actions.map((action, index): [string, number] => [action.ulid, index + 1]);
      expect(groups).toEqual(order === 'asc' ? wanted : wanted.toReversed());
    },
  );

  test('a thousand actions of four kilobytes, more than one answer holds, are read whole', async () => {
    const store = open();
    const [owner, followId] = [fresh(), idAt(1)];
    const data = JSON.stringify({ text: 'x'.repeat(4_000) });
    const actions = Array.from({ length: 1_000 }, (_, second) => actionAt(second, { data }));
    await store.writeCopies(actions.map((action) => ({ owner, followId, ...action })));
    const first = await store.read(owner, all);
    expect(first.more || first.rows.length === actions.length).toBe(true);
    const found: string[] = [];
    const source = async (range: Range) => store.read(owner, range);
    for await (const rows of mergedRows([source], all)) {
      found.push(...rows.map((row) => row.ulid));
    }
    expect(found).toEqual(actions.map((action) => action.ulid));
  }, 60_000);

  test('only the copy that is named is deleted, and what is not there bears it', async () => {
    const store = open();
    const [owner, first, second] = [fresh(), idAt(1), idAt(2)];
    const action = actionAt(10);
    const keyOf = (followId: string) => ({ owner, followId, ulid: action.ulid });
    await store.writeCopies([first, second].map((followId) => ({ owner, followId, ...action })));
    await store.addNote(owner, { ...action, postedAt: startMs });
    await store.deleteCopies([keyOf(first), keyOf(idAt(3))]);
    expect(kindsOf((await store.read(owner, all)).rows)).toEqual(['copy', 'note']);
    await store.deleteNotes([{ owner, ulid: action.ulid }]);
    await store.deleteNotes([{ owner, ulid: action.ulid }]);
    expect((await store.read(owner, all)).rows).toMatchObject([{ followId: second }]);
    await store.deleteCopies([]);
    await store.writeCopies([]);
  });

  test('notifications are found by whom they name, page by page', async () => {
    const store = open();
    const [actor, other] = [fresh(), fresh()];
    const notes = [10, 20, 30].map((second) => ({
      owner: fresh(),
      ...noteAt(second, { actor }),
    }));
    for (const { owner, ...note } of notes.toReversed()) await store.addNote(owner, note);
    await store.addNote(fresh(), noteAt(15, { actor: other }));
    await store.writeCopies([{ owner: fresh(), followId: idAt(1), ...actionAt(5, { actor }) }]);
    const keys = notes.map(({ owner, ulid: id }) => ({ owner, ulid: id }));
    expect(await store.notesBy(actor, { limit: 10 })).toEqual(keys);
    expect(await store.notesBy(actor, { limit: 2 })).toEqual(keys.slice(0, 2));
    expect(await store.notesBy(actor, { limit: 2, after: keys[1]?.ulid ?? '' })).toEqual(
      keys.slice(2),
    );
    await store.deleteNotes(keys.slice(0, 1));
    expect(await store.notesBy(actor, { limit: 10 })).toEqual(keys.slice(1));
  });

  test('notifications go by when they were posted, whenever what they tell happened', async () => {
    const store = open();
    const owner = fresh();
    const [before, then, after] = [
      noteAt(30, { postedAt: startMs - 1 }),
      noteAt(20, { postedAt: startMs }),
      noteAt(10, { postedAt: startMs + 1 }),
    ];
    for (const note of [before, then, after]) await store.addNote(owner, note);
    await store.writeCopies([{ owner, followId: idAt(1), ...actionAt(10, { ulid: before.ulid }) }]);
    const keys = [before, then, after, noteAt(40)].map((note) => ({ owner, ulid: note.ulid }));
    expect(await store.deleteNotesPostedBy(keys, startMs)).toBe(2);
    expect(await store.deleteNotesPostedBy(keys, startMs)).toBe(0);
    expect((await store.read(owner, all)).rows).toMatchObject([
      { kind: 'note', ulid: after.ulid },
      { kind: 'copy', ulid: before.ulid },
    ]);
    expect(await store.deleteNotesPostedBy([], startMs)).toBe(0);
  });

  test('a removal is forgotten alone', async () => {
    const store = open();
    const [owner, action] = [fresh(), noteAt(10)];
    await store.addNote(owner, action);
    for (const id of [action.ulid, idAt(20)]) await store.markRemoved(owner, id);
    await store.deleteMarks([
      { owner, ulid: action.ulid },
      { owner, ulid: idAt(30) },
    ]);
    expect(kindsOf((await store.read(owner, all)).rows)).toEqual(['note', 'removed']);
  });

  test('the head is deleted alone, and not when the timeline was read since', async () => {
    const store = open();
    const [read, neverRead] = [fresh(), fresh()];
    const merged = { actor: 'user:flo', followId: idAt(1) };
    await store.touch(read, startMs, true);
    await store.setReadMark(neverRead, startMs + 5, false);
    for (const owner of [read, neverRead]) {
      await store.addNote(owner, noteAt(10));
      await store.writeMerged([{ owner, ...merged }]);
      await store.deleteHead(owner, startMs - 1);
    }
    expect(await store.head(read)).toMatchObject({ lastReadAt: startMs, rebuildOwed: true });
    await store.deleteHead(read, startMs);
    for (const owner of [read, neverRead]) {
      expect(await store.head(owner)).toEqual({ rebuildOwed: false, merged: [merged] });
      expect((await store.read(owner, all)).rows).toHaveLength(1);
    }
    await store.deleteHead(fresh(), startMs);
  });
});

test('the table writes what DynamoDB hands back of a batch', async () => {
  const store = dynamoPrivateTimelines(table.client, table.tableName);
  const owner = fresh();
  const actions = Array.from({ length: 60 }, (_, second) => actionAt(second));
  const end = failCalls(table.client, [
    { operation: 'BatchWriteItem', nth: [1, 2], fault: { kind: 'handed back', items: 7 } },
    { operation: 'BatchWriteItem', nth: [4], fault: { kind: 'handed back', items: 3 } },
  ]);
  try {
    await store.writeCopies(actions.map((action) => ({ owner, followId: idAt(1), ...action })));
  } finally {
    end();
  }
  expect((await store.read(owner, all)).rows).toHaveLength(60);
});
