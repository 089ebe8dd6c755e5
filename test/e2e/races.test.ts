import { expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { counts } from '../support/e2e/counts.ts';
import { admin, newPeople, newPerson, uniqueId } from '../support/e2e/people.ts';
import { walk } from '../support/e2e/walk.ts';

test('two who follow each other at the same moment are friends, twenty times', async () => {
  const pairs = await Promise.all(Array.from({ length: 20 }, () => newPeople('mutual', 2)));
  await Promise.all(
    pairs.flatMap(([ann, bob]) => [
      call(ann, 'PUT', `/resources/${ann.ref}/followings/${bob.ref}`),
      call(bob, 'PUT', `/resources/${bob.ref}/followings/${ann.ref}`),
    ]),
  );
  const one = { user: 1 };
  for (const [ann, bob] of pairs) {
    const dates = [];
    for (const [who, other] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      const { body } = await call<{ items: { ref: string; since: string }[] }>(
        who,
        'GET',
        `/resources/${who.ref}/friends`,
      );
      expect(body.items.map(({ ref }) => ref)).toEqual([other.ref]);
      dates.push(body.items[0]?.since);
      expect((await call(who, 'GET', `/resources/${who.ref}/counts`)).body).toEqual(
        counts({ followers: one, followings: one, friends: one }),
      );
    }
    expect(dates[0]).toBe(dates[1]);
  }
});

test('a hundred follows of one resource at once all succeed and count a hundred', async () => {
  const operator = await admin();
  const star = await newPerson('star');
  const fans = Array.from({ length: 100 }, (_, at) => `user:${uniqueId(`fan${at}`)}`);
  const answers = await Promise.all(
    fans.map((fan) => call(operator, 'PUT', `/resources/${fan}/followings/${star.ref}`)),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(100).fill(201));
  const { body } = await call(operator, 'GET', `/resources/${star.ref}/counts`);
  expect(body).toEqual(counts({ followers: { user: 100 } }));
  const listed = await walk<{ ref: string }>(operator, `/resources/${star.ref}/followers`, {
    limit: '100',
  });
  expect(listed.map(({ ref }) => ref).toSorted()).toEqual(fans.toSorted());
});

test('twenty follows of the same pair at once are one follow', async () => {
  const [ann, bob] = await newPeople('once', 2);
  const path = `/resources/${ann.ref}/followings/${bob.ref}`;
  const answers = await Promise.all(Array.from({ length: 20 }, () => call(ann, 'PUT', path)));
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(19);
  expect(new Set(answers.map(({ body }) => body['since'])).size).toBe(1);
  expect((await call(ann, 'GET', `/resources/${bob.ref}/counts`)).body).toEqual(
    counts({ followers: { user: 1 } }),
  );
  const undone = await Promise.all(Array.from({ length: 20 }, () => call(ann, 'DELETE', path)));
  expect(undone.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect((await call(ann, 'GET', `/resources/${bob.ref}/counts`)).body).toEqual(counts({}));
});
