import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { countOf, follow, post, privateIds } from '../support/e2e/timelines.ts';
import type { Action } from '../support/e2e/timelines.ts';

const path = (of: Person) => `/resources/${of.ref}/timelines/private/read-mark`;
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();
const mark = (who: Person, body?: object) =>
  call(who, 'PUT', path(who), body === undefined ? {} : { body });
const unread = async (who: Person) => (await countOf(who, 'private/unread-count')).count;

async function reads(who: Person): Promise<Record<string, boolean | undefined>> {
  const { body } = await call<{ items: Action[] }>(
    who,
    'GET',
    `/resources/${who.ref}/timelines/private`,
  );
  return Object.fromEntries(body.items.map((item) => [item.at, item.read]));
}

describe('the read mark', () => {
  test('is null until one is set; then everything is unread', async () => {
    const ann = await newPerson('never');
    expect(await call(ann, 'GET', path(ann))).toMatchObject({
      status: 200,
      body: { readAt: null },
    });
    await post(ann, { verb: 'join', at: '1970-01-01T00:00:00Z' });
    await post(ann, { verb: 'join' });
    expect(await unread(ann)).toBe(2);
  });

  test.each([[undefined], [{}]])('is now unless it says when (body %j)', async (body) => {
    const ann = await newPerson('now');
    const before = Date.now();
    const { status, body: answer } = await mark(ann, body);
    expect(status).toBe(200);
    const readAt = Date.parse(String(answer['readAt']));
    expect(readAt).toBeGreaterThanOrEqual(before);
    expect(readAt).toBeLessThanOrEqual(Date.now());
    expect((await call(ann, 'GET', path(ann))).body).toEqual(answer);
  });

  test('counts what happened at the very mark as unread, and what was before as read', async () => {
    const ann = await newPerson('inclusive');
    for (const second of [1, 2, 3]) await post(ann, { verb: 'join', at: at(second) });
    const { body } = await mark(ann, { at: '2026-01-01T02:00:02+02:00' });
    expect(body).toEqual({ readAt: at(2) });
    expect(await unread(ann)).toBe(2);
    expect(await reads(ann)).toEqual({ [at(1)]: true, [at(2)]: false, [at(3)]: false });
    expect((await countOf(ann, 'private/unread-count', { verb: 'like' })).count).toBe(0);
  });

  test('never moves back unless forced', async () => {
    const ann = await newPerson('back');
    await post(ann, { verb: 'join', at: at(5) });
    expect((await mark(ann, { at: at(10) })).body).toEqual({ readAt: at(10) });
    expect(await mark(ann, { at: at(1) })).toMatchObject({ status: 200, body: { readAt: at(10) } });
    expect(await unread(ann)).toBe(0);
    expect((await mark(ann, { at: at(1), force: true })).body).toEqual({ readAt: at(1) });
    expect((await call(ann, 'GET', path(ann))).body).toEqual({ readAt: at(1) });
    expect(await unread(ann)).toBe(1);
  });

  test('of several at once ends at the latest', async () => {
    const ann = await newPerson('atonce');
    await Promise.all([3, 9, 1, 7, 5].map((second) => mark(ann, { at: at(second) })));
    expect((await call(ann, 'GET', path(ann))).body).toEqual({ readAt: at(9) });
  });

  test('leaves future-dated actions neither read nor unread until their time', async () => {
    const [ann, bob] = await newPeople('future', 2);
    await follow(bob, ann.ref);
    const soon = await post(ann, { verb: 'join', at: new Date(Date.now() + 8_000).toISOString() });
    const far = await post(ann, { verb: 'join', at: '2999-01-01T00:00:00Z' });
    const now = await post(ann, { verb: 'join' });
    await eventually(async () => {
      expect(await privateIds(bob)).toEqual([far.id, soon.id, now.id]);
    });
    expect((await countOf(bob, 'private/count')).count).toBe(3);
    const due = Date.parse(soon.at) <= Date.now();
    expect(await unread(bob)).toBe(due ? 2 : 1);
    await eventually(async () => expect(await unread(bob)).toBe(2));
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(soon.at));
    await mark(bob);
    expect(await unread(bob)).toBe(0);
    expect(await reads(bob)).toEqual({ [far.at]: false, [soon.at]: true, [now.at]: true });
  });

  test.each([
    ['a time that is none', { at: 'yesterday' }, 'body.at'],
    ['force that is no boolean', { force: 'yes' }, 'body.force'],
  ])('refuses %s', async (_what, body, field) => {
    const ann = await newPerson('badmark');
    const answer = await mark(ann, body);
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ path: field }]);
  });
});
