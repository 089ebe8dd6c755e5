import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventTypes as declaredTypes } from '../../config/event-types.ts';
import { eventTypes as ownTypes } from '../../lambdas/shared/events/registry.ts';
import { call } from '../support/e2e/api.ts';
import { block, reply, send } from '../support/e2e/convos.ts';
import { eventually } from '../support/e2e/eventually.ts';
import {
  createHook,
  deleteHooks,
  failuresCounting,
  noRetries,
  ping,
  publishAll,
  storedOf,
} from '../support/e2e/hooks.ts';
import { idleHook } from '../support/e2e/operations.ts';
import { admin, newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';

let ann: Person;
let bob: Person;
let operator: Person;
/** Two threads of Ann and Bob. */
let threads: [string, string];
/** Of each a hook with three failures. */
const hooks = new Map<Person, string>();

beforeAll(async () => {
  [ann, bob] = await newPeople('cursor', 2);
  operator = await admin();
  for (const one of [ann, bob]) {
    for (const other of ['project:a', 'project:b', 'article:c']) {
      await call(one, 'PUT', `/resources/${one.ref}/followings/${other}`);
    }
    for (const verb of ['like', 'comment', 'like']) {
      await call(one, 'POST', `/resources/${one.ref}/actions`, {
        body: { verb, target: 'article:c' },
      });
    }
    for (let turn = 0; turn < 3; turn += 1) await block(one, await newPerson('blocked'));
  }
  const [first, second] = [await send(ann, bob), await send(bob, ann)];
  threads = [first.threadId, second.threadId];
  for (const thread of threads) {
    for (const one of [ann, bob]) await reply(one, thread);
  }
  await send(ann, bob);
  for (const one of [ann, bob]) hooks.set(one, await withDeliveries(one));
});
afterAll(deleteHooks);

/** Three hooks, of which one has three failures and one has three events that wait; the former's id. */
async function withDeliveries(who: Person): Promise<string> {
  await createHook(who, idleHook.target, idleHook);
  const delivery = { mode: 'batch', time: 86_400 };
  await createHook(who, idleHook.target, { delivery });
  await publishAll(who, ['a', 'b', 'c']);
  const { id } = await createHook(who, idleHook.target, { ...idleHook, retry: noRetries });
  for (let turn = 0; turn < 3; turn += 1) await ping(who, id);
  await failuresCounting(who, 3);
  await eventually(async () => expect(await storedOf(who)).toHaveLength(3));
  return id;
}

/** The domains' own event types, and the example's. */
const eventTypeCount = Object.keys(ownTypes).length + declaredTypes.length;

/** A list that has cursors: who reads it, another who may, and what else the cursor is not for. */
interface List {
  name: string;
  path: () => string;
  query?: Record<string, string>;
  /** Other queries of it, which give a cursor too. */
  otherQueries: readonly Record<string, string>[];
  reader: () => Person;
  anotherReader: () => Person;
  /** Its items. @default 3 */
  count?: number;
  /** The same list of another resource, thread or hook. */
  elsewhere?: () => string;
}

const ofResource = (list: string) => ({
  path: () => `/resources/${ann.ref}/${list}`,
  elsewhere: () => `/resources/${bob.ref}/${list}`,
  reader: () => operator,
  anotherReader: () => ann,
});

const ofReader = (path: string) => ({
  path: () => path,
  reader: () => ann,
  anotherReader: () => bob,
});

const asc = { order: 'asc' };
const lists: readonly List[] = [
  { name: 'followings', ...ofResource('followings'), otherQueries: [{ type: 'project' }, asc] },
  { name: 'private', ...ofResource('timelines/private'), otherQueries: [{ verb: 'like' }, asc] },
  { name: 'public', ...ofResource('timelines/public'), otherQueries: [{ target: 'article' }, asc] },
  {
    name: 'threads',
    ...ofReader('/threads'),
    otherQueries: [{ folder: 'inbox' }, { folder: 'outbox' }],
  },
  {
    name: 'messages',
    path: () => `/threads/${threads[0]}/messages`,
    elsewhere: () => `/threads/${threads[1]}/messages`,
    reader: () => ann,
    anotherReader: () => bob,
    otherQueries: [{ body: 'full' }, asc],
  },
  { name: 'blocks', ...ofReader('/convos/blocks'), otherQueries: [] },
  { name: 'hooks', ...ofReader('/hooks'), otherQueries: [] },
  {
    name: 'deliveries',
    path: () => `/hooks/${hooks.get(ann) ?? ''}/deliveries`,
    elsewhere: () => `/hooks/${hooks.get(bob) ?? ''}/deliveries`,
    reader: () => operator,
    anotherReader: () => ann,
    otherQueries: [{ status: 'failed' }],
  },
  {
    name: 'failures',
    ...ofReader('/hooks/failures'),
    otherQueries: [{ event: 'ping' }, { valid: 'true' }],
  },
  {
    name: 'stored',
    ...ofReader('/hooks/stored'),
    otherQueries: [{ target: idleHook.target }],
  },
  { name: 'event types', ...ofReader('/event-types'), otherQueries: [], count: eventTypeCount },
];

async function cursorOf(who: Person, path: string, query: Record<string, string> = {}) {
  const { body } = await call<{ nextCursor?: string }>(who, 'GET', path, {
    query: { limit: '1', ...query },
  });
  if (body.nextCursor === undefined) throw new Error(`GET ${path} ends with its first page`);
  return body.nextCursor;
}

/** Status and the field that is wrong. */
async function use(cursor: string, who: Person, path: string, query: Record<string, string> = {}) {
  const { status, body } = await call<{ errors?: { path: string }[] }>(who, 'GET', path, {
    query: { ...query, cursor },
  });
  return [status, ...(body.errors ?? []).map((error) => error.path)];
}

const refused = [400, 'query.cursor'];

describe.each(lists)('a cursor of a list ($name)', (list) => {
  const { path: pathOf, reader, anotherReader, otherQueries } = list;
  const cursorOfReader = (query?: Record<string, string>) => cursorOf(reader(), pathOf(), query);

  test('goes on with another page size', async () => {
    const cursor = await cursorOfReader();
    const { body } = await call<{ items: unknown[] }>(reader(), 'GET', pathOf(), {
      query: { limit: '100', cursor },
    });
    expect(body.items).toHaveLength((list.count ?? 3) - 1);
  });

  test('is refused when any of its characters is changed, added or missing', async () => {
    const cursor = await cursorOfReader();
    const changedAt = (at: number) =>
      cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
    const tampered = [
      changedAt(0),
      changedAt(Math.floor(cursor.length / 2)),
      changedAt(cursor.indexOf('.') + 1),
      cursor.slice(0, -2),
      `${cursor}AA`,
      cursor.slice(cursor.indexOf('.')),
      '.',
      'x',
      '',
      'A'.repeat(3000),
    ];
    for (const one of tampered) expect(await use(one, reader(), pathOf())).toEqual(refused);
  });

  test('is refused under another query', async () => {
    const cursor = await cursorOfReader();
    for (const other of otherQueries) {
      expect(await use(cursor, reader(), pathOf(), other)).toEqual(refused);
      expect(await use(await cursorOfReader(other), reader(), pathOf())).toEqual(refused);
    }
  });

  test('is refused for another resource or thread', async () => {
    const elsewhere = list.elsewhere?.();
    if (elsewhere === undefined) return;
    expect(await use(await cursorOfReader(), reader(), elsewhere)).toEqual(refused);
  });

  test('is refused from another caller', async () => {
    const [one, other] = [reader(), anotherReader()];
    const path = pathOf();
    expect(await use(await cursorOf(one, path), other, path)).toEqual(refused);
    expect(await use(await cursorOf(other, path), one, path)).toEqual(refused);
  });

  test('is refused by every other list', async () => {
    // Ann may read them all.
    const cursor = await cursorOf(ann, pathOf());
    const others = lists.filter(({ name }) => name !== list.name);
    expect(others).toHaveLength(lists.length - 1);
    for (const { path } of others) expect(await use(cursor, ann, path())).toEqual(refused);
  });
});
