import { beforeAll, describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { admin, newPeople } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';

let ann: Person;
let bob: Person;

beforeAll(async () => {
  [ann, bob] = await newPeople('cursor', 2);
  for (const one of [ann, bob]) {
    for (const other of ['project:a', 'project:b', 'article:c']) {
      await call(one, 'PUT', `/resources/${one.ref}/followings/${other}`);
    }
    for (const verb of ['like', 'comment', 'like']) {
      await call(one, 'POST', `/resources/${one.ref}/actions`, {
        body: { verb, target: 'article:c' },
      });
    }
  }
});

/** Each list that has cursors, of Ann, with another query of it and the same list of Bob. */
const lists = [
  {
    name: 'followings',
    path: (of: Person) => `/resources/${of.ref}/followings`,
    other: { type: 'project' },
  },
  {
    name: 'private',
    path: (of: Person) => `/resources/${of.ref}/timelines/private`,
    other: { verb: 'like' },
  },
  {
    name: 'public',
    path: (of: Person) => `/resources/${of.ref}/timelines/public`,
    other: { target: 'article' },
  },
] as const;

async function cursorOf(who: Person, path: string, query: Record<string, string> = {}) {
  const { body } = await call<{ nextCursor: string }>(who, 'GET', path, {
    query: { limit: '1', ...query },
  });
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

describe.each(lists)('a cursor of a list ($name)', ({ path: pathOf, other, name }) => {
  test('goes on with another page size', async () => {
    const cursor = await cursorOf(ann, pathOf(ann));
    const { body } = await call<{ items: unknown[] }>(ann, 'GET', pathOf(ann), {
      query: { limit: '100', cursor },
    });
    expect(body.items).toHaveLength(2);
  });

  test('is refused when any of its characters is changed, added or missing', async () => {
    const cursor = await cursorOf(ann, pathOf(ann));
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
    for (const one of tampered) expect(await use(one, ann, pathOf(ann))).toEqual(refused);
  });

  test('is refused under another query', async () => {
    const path = pathOf(ann);
    const cursor = await cursorOf(ann, path);
    expect(await use(cursor, ann, path, other)).toEqual(refused);
    expect(await use(cursor, ann, path, { order: 'asc' })).toEqual(refused);
    expect(await use(await cursorOf(ann, path, other), ann, path)).toEqual(refused);
  });

  test('is refused for another resource', async () => {
    const operator = await admin();
    const cursor = await cursorOf(operator, pathOf(ann));
    expect(await use(cursor, operator, pathOf(bob))).toEqual(refused);
  });

  test('is refused from another caller', async () => {
    const operator = await admin();
    const path = pathOf(ann);
    expect(await use(await cursorOf(ann, path), operator, path)).toEqual(refused);
    expect(await use(await cursorOf(operator, path), ann, path)).toEqual(refused);
  });

  test('is refused by another list', async () => {
    const another = lists.find((list) => list.name !== name);
    const cursor = await cursorOf(ann, pathOf(ann));
    expect(await use(cursor, ann, another?.path(ann) ?? '')).toEqual(refused);
  });
});
