import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { counts } from '../support/e2e/counts.ts';
import { erased } from '../support/e2e/erasure.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { admin, newPeople, newPerson, uniqueId } from '../support/e2e/people.ts';
import { follow, post, privateIds, publicIds } from '../support/e2e/timelines.ts';
import type { Action } from '../support/e2e/timelines.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);

describe('erasing a resource', () => {
  test('removes its edges both ways, others’ counts of it, and its actions everywhere', async () => {
    const operator = await admin();
    const [ann, bob, cid, dot] = await newPeople('erase', 4);
    await follow(ann, bob.ref);
    await follow(bob, ann.ref);
    await follow(cid, ann.ref);
    await follow(ann, 'project:stays');
    await follow(cid, bob.ref);
    const gone = await post(ann, { verb: 'join' });
    const kept = await post(bob, { verb: 'join' });
    const { body: note } = await call<Action>(
      operator,
      'POST',
      `/resources/${dot.ref}/timelines/private`,
      { body: { actor: ann.ref, verb: 'join' } },
    );
    expect(await privateIds(dot)).toEqual([note.id]);
    await eventually(async () => expect(await privateIds(cid)).toEqual([kept.id, gone.id]));

    const { status, body } = await call(operator, 'DELETE', `/resources/${ann.ref}`);
    expect(status).toBe(202);
    expect(body).toEqual({ state: expect.stringMatching(/^(running|done)$/u), startedAt: time });
    const done = await erased(ann.ref);
    expect(done).toEqual({
      state: 'done',
      startedAt: body['startedAt'],
      finishedAt: time,
      removed: { edges: 4, actions: expect.any(Number), messages: 0 },
    });
    expect(done.removed.actions).toBeGreaterThanOrEqual(1);

    const countsOf = async (ref: string) =>
      (await call(operator, 'GET', `/resources/${ref}/counts`)).body;
    expect(await countsOf(ann.ref)).toEqual(counts({}));
    expect(await countsOf(bob.ref)).toEqual(counts({ followers: { user: 1 } }));
    expect(await countsOf(cid.ref)).toEqual(counts({ followings: { user: 1 } }));
    for (const list of ['followers', 'followings', 'friends']) {
      const { body: empty } = await call(operator, 'GET', `/resources/${ann.ref}/${list}`);
      expect(empty).toEqual({ items: [] });
    }
    const friends = await call(bob, 'GET', `/resources/${bob.ref}/friends`);
    expect(friends.body).toEqual({ items: [] });
    expect(await publicIds(operator, ann)).toEqual([]);
    expect(await privateIds(ann)).toEqual([]);
    await eventually(async () => expect(await privateIds(cid)).toEqual([kept.id]));
    await eventually(async () => expect(await privateIds(dot)).toEqual([]));
  });

  test('again is 202, while it runs and after', async () => {
    const operator = await admin();
    const ann = await newPerson('twice');
    await follow(ann, 'project:x');
    const all = await Promise.all(
      Array.from({ length: 5 }, () => call(operator, 'DELETE', `/resources/${ann.ref}`)),
    );
    expect(all.map(({ status }) => status)).toEqual(Array(5).fill(202));
    await erased(ann.ref);
    expect((await call(operator, 'DELETE', `/resources/${ann.ref}`)).status).toBe(202);
    await erased(ann.ref);
  });

  test('lets it begin anew afterwards', async () => {
    const operator = await admin();
    const [ann, bob] = await newPeople('anew', 2);
    await follow(bob, ann.ref);
    await post(ann, { verb: 'join' });
    await call(operator, 'DELETE', `/resources/${ann.ref}`);
    await erased(ann.ref);
    await follow(bob, ann.ref);
    const action = await post(ann, { verb: 'join' });
    expect(await publicIds(bob, ann)).toEqual([action.id]);
    await eventually(async () => expect(await privateIds(bob)).toEqual([action.id]));
    const { body } = await call(bob, 'GET', `/resources/${ann.ref}/counts`);
    expect(body).toEqual(counts({ followers: { user: 1 } }));
  });

  test('that nobody asked for is 404', async () => {
    const operator = await admin();
    const { status } = await call(operator, 'GET', `/resources/user:${uniqueId('not')}/erasure`);
    expect(status).toBe(404);
  });
});
