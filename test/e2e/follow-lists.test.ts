import { beforeAll, describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { admin, newPerson, uniqueId } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { walk } from '../support/e2e/walk.ts';

interface Item {
  ref: string;
  since: string;
}

/** 105 followers of three types, oldest first: more than a page of any size, types in turn. */
const total = 105;
const types = ['user', 'project', 'article'] as const;
let star: Person;
const fans: string[] = [];

beforeAll(async () => {
  star = await newPerson('star');
  const operator = await admin();
  for (let at = 0; at < total; at += 1) {
    const fan = `${types[at % types.length]}:${uniqueId(`fan${at}`)}`;
    fans.push(fan);
    await call(operator, 'PUT', `/resources/${fan}/followings/${star.ref}`);
  }
});

const path = () => `/resources/${star.ref}/followers`;
const refs = (items: Item[]) => items.map(({ ref }) => ref);

describe('a list of followers', () => {
  test.each(['1', '2', '20', '100'])('is walked to its end by pages of %s', async (limit) => {
    const items = await walk<Item>(star, path(), { limit });
    expect(refs(items)).toEqual(fans.toReversed());
    const times = items.map(({ since }) => since);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  test('is oldest first when asked so', async () => {
    expect(refs(await walk<Item>(star, path(), { order: 'asc', limit: '13' }))).toEqual(fans);
  });

  test.each(types)('holds only the %ss when asked so', async (type) => {
    const wanted = fans.filter((ref) => ref.startsWith(`${type}:`));
    expect(refs(await walk<Item>(star, path(), { type, limit: '7' }))).toEqual(wanted.toReversed());
    expect(refs(await walk<Item>(star, path(), { type, limit: '7', order: 'asc' }))).toEqual(
      wanted,
    );
  });

  test('of a type without followers is empty', async () => {
    expect(await walk(star, path(), { type: 'photo' })).toEqual([]);
  });

  test('has twenty items a page unless asked', async () => {
    const { body } = await call<{ items: Item[] }>(star, 'GET', path());
    expect(body.items).toHaveLength(20);
  });

  test('ends without a cursor when the last page is full', async () => {
    const { body } = await call(star, 'GET', path(), { query: { type: 'user', limit: '35' } });
    expect(body['items']).toHaveLength(35);
    expect(body).not.toHaveProperty('nextCursor');
  });

  test('keeps its place when somebody new follows and somebody leaves meanwhile', async () => {
    const operator = await admin();
    const idol = `project:${uniqueId('idol')}`;
    const some = Array.from({ length: 6 }, (_, at) => `photo:${uniqueId(`s${at}`)}`);
    for (const fan of some) await call(operator, 'PUT', `/resources/${fan}/followings/${idol}`);
    const first = await call<{ items: Item[]; nextCursor: string }>(
      operator,
      'GET',
      `/resources/${idol}/followers`,
      { query: { limit: '3' } },
    );
    const late = `photo:${uniqueId('late')}`;
    await call(operator, 'PUT', `/resources/${late}/followings/${idol}`);
    // The item that the cursor stands at goes; the rest stays where it was.
    await call(operator, 'DELETE', `/resources/${some[3]}/followings/${idol}`);
    const rest = await call<{ items: Item[] }>(operator, 'GET', `/resources/${idol}/followers`, {
      query: { limit: '3', cursor: first.body.nextCursor },
    });
    expect(refs(first.body.items)).toEqual([some[5], some[4], some[3]]);
    expect(refs(rest.body.items)).toEqual([some[2], some[1], some[0]]);
  });
});

test('followings and friends are walked in the same way', async () => {
  const operator = await admin();
  const fan = await newPerson('fan');
  const idols = Array.from({ length: 9 }, (_, at) => `${types[at % 3]}:${uniqueId(`idol${at}`)}`);
  for (const idol of idols) await call(fan, 'PUT', `/resources/${fan.ref}/followings/${idol}`);
  // They follow back from the last to the first, so friends are in the other order.
  for (const idol of idols.toReversed()) {
    await call(operator, 'PUT', `/resources/${idol}/followings/${fan.ref}`);
  }
  const list = `/resources/${fan.ref}`;
  expect(refs(await walk<Item>(fan, `${list}/followings`, { limit: '2' }))).toEqual(
    idols.toReversed(),
  );
  expect(refs(await walk<Item>(fan, `${list}/friends`, { limit: '2' }))).toEqual(idols);
  expect(refs(await walk<Item>(fan, `${list}/friends`, { limit: '2', order: 'asc' }))).toEqual(
    idols.toReversed(),
  );
  const projects = idols.filter((ref) => ref.startsWith('project:'));
  expect(refs(await walk<Item>(fan, `${list}/friends`, { type: 'project', limit: '1' }))).toEqual(
    projects,
  );
});
