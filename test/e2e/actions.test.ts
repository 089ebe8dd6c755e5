import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import { eventually } from '../support/e2e/eventually.ts';
import { admin, newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { privateIds, publicIds } from '../support/e2e/timelines.ts';
import type { Action } from '../support/e2e/timelines.ts';

const actions = (of: Person) => `/resources/${of.ref}/actions`;
const id = expect.stringMatching(/^act_[0-7][0-9A-HJKMNP-TV-Z]{25}$/u);

describe('posting an action', () => {
  test('answers the action and puts it into both of the actor’s timelines at once', async () => {
    const ann = await newPerson('poster');
    const before = Date.now();
    const data = { text: 'Gruß 🙂', n: 1.5, nested: { list: [1, null, 'x'] } };
    const { status, body } = await call<Action>(ann, 'POST', actions(ann), {
      body: { verb: 'like', target: 'article:7', data },
    });
    expect(status).toBe(201);
    expect(body).toEqual({
      id,
      actor: ann.ref,
      verb: 'like',
      target: 'article:7',
      data,
      at: expect.stringMatching(/\.\d{3}Z$/u),
    });
    expect(Date.parse(body.at)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(body.at)).toBeLessThanOrEqual(Date.now());
    const own = await call(ann, 'GET', `/resources/${ann.ref}/timelines/private`);
    expect(own.body).toEqual({ items: [{ ...body, read: false }] });
    const open = await call(ann, 'GET', `/resources/${ann.ref}/timelines/public`);
    expect(open.body).toEqual({ items: [body] });
  });

  test('without target and data answers null for them', async () => {
    const ann = await newPerson('plain');
    const { body } = await call(ann, 'POST', actions(ann), { body: { verb: 'join' } });
    expect(body).toMatchObject({ verb: 'join', target: null, data: null });
  });

  test.each([
    ['2026-11-21T10:30:00+02:00', '2026-11-21T08:30:00.000Z'],
    ['2026-11-21T10:30:00.5-11:30', '2026-11-21T22:00:00.500Z'],
    ['2026-11-21T10:30:00Z', '2026-11-21T10:30:00.000Z'],
    ['1970-01-01T00:00:00.000Z', '1970-01-01T00:00:00.000Z'],
  ])('at %s is answered as %s', async (at, answered) => {
    const ann = await newPerson('at');
    const { status, body } = await call(ann, 'POST', actions(ann), { body: { verb: 'join', at } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ at: answered });
  });

  test.each([
    ['a verb that nobody declared', { verb: 'dance' }, 'body.verb'],
    ['a missing verb', {}, 'body.verb'],
    ['a target where the verb takes none', { verb: 'join', target: 'article:7' }, 'body.target'],
    ['no target where the verb needs one', { verb: 'like' }, 'body.target'],
    ['a target of an unknown type', { verb: 'like', target: 'planet:7' }, 'body.target'],
    ['data that is no object', { verb: 'join', data: [1] }, 'body.data'],
    ['data over 4 KiB', { verb: 'join', data: { a: 'x'.repeat(4089) } }, 'body.data'],
    ['data over 4 KiB by its bytes', { verb: 'join', data: { a: 'é'.repeat(2045) } }, 'body.data'],
    ['a time without offset', { verb: 'join', at: '2026-11-21T10:30:00' }, 'body.at'],
    ['a day that does not exist', { verb: 'join', at: '2026-02-30T10:30:00Z' }, 'body.at'],
    ['a number for a time', { verb: 'join', at: 1 }, 'body.at'],
    ['an unknown audience', { verb: 'join', audience: 'all' }, 'body.audience'],
  ])('with %s is refused by name', async (_what, body, path) => {
    const ann = await newPerson('refused');
    const answer = await call(ann, 'POST', actions(ann), { body });
    expect(answer.status).toBe(400);
    expect(answer.body['errors']).toMatchObject([{ path }]);
    expect(await publicIds(ann, ann)).toEqual([]);
  });

  test('takes data of exactly 4 KiB', async () => {
    const ann = await newPerson('full');
    const data = { a: 'x'.repeat(4096 - '{"a":""}'.length) };
    const { status, body } = await call(ann, 'POST', actions(ann), {
      body: { verb: 'join', data },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ data });
  });

  test('is not for an actor whose type declares no verb', async () => {
    const { status, body } = await call(await admin(), 'POST', '/resources/project:x/actions', {
      body: { verb: 'join' },
    });
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ path: 'body.verb' }]);
  });
});

describe('an Idempotency-Key', () => {
  test('gives the first answer again', async () => {
    const ann = await newPerson('idem');
    const body = { verb: 'like', target: 'article:7', data: { a: 1, b: 2 } };
    const first = await posting(ann, 'k', body);
    const second = await posting(ann, 'k', body);
    expect(second).toMatchObject({ status: 201, body: first.body });
    expect(await publicIds(ann, ann)).toEqual([first.body.id]);
  });

  test('makes one action of twenty requests at once', async () => {
    const ann = await newPerson('twenty');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => posting(ann, 'same', { verb: 'join' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(201));
    const [first] = answers;
    for (const { body } of answers) expect(body).toEqual(first?.body);
    expect(await publicIds(ann, ann)).toEqual([first?.body.id]);
    expect(await privateIds(ann)).toEqual([first?.body.id]);
  });

  test('with another body is 409', async () => {
    const ann = await newPerson('other');
    await posting(ann, 'k', { verb: 'join' });
    const { status } = await posting(ann, 'k', { verb: 'join', data: {} });
    expect(status).toBe(409);
    expect(await publicIds(ann, ann)).toHaveLength(1);
  });

  test('is free for another caller and for another path', async () => {
    const [ann, bob] = await newPeople('scope', 2);
    const operator = await admin();
    const key = { headers: { 'idempotency-key': 'k' }, body: { verb: 'join' } };
    const answers = [
      await call(ann, 'POST', actions(ann), key),
      await call(bob, 'POST', actions(bob), key),
      await call(operator, 'POST', actions(ann), key),
      await call(operator, 'POST', actions(bob), key),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(answers.map(({ body }) => body['id'])).size).toBe(4);
  });

  test('of a refused request is free again', async () => {
    const ann = await newPerson('free');
    expect((await posting(ann, 'k', { verb: 'like' })).status).toBe(400);
    expect((await posting(ann, 'k', { verb: 'join' })).status).toBe(201);
  });

  test('does not bring a deleted action back', async () => {
    const ann = await newPerson('gone');
    const { body } = await posting(ann, 'k', { verb: 'join' });
    await call(ann, 'DELETE', `${actions(ann)}/${body.id}`);
    expect(await posting(ann, 'k', { verb: 'join' })).toMatchObject({ status: 201, body });
    expect(await publicIds(ann, ann)).toEqual([]);
  });

  test('has 1-255 characters', async () => {
    const ann = await newPerson('long');
    expect((await posting(ann, 'k'.repeat(255), { verb: 'join' })).status).toBe(201);
    const { status, body } = await posting(ann, 'k'.repeat(256), { verb: 'join' });
    expect(status).toBe(400);
    expect(body).toMatchObject({ errors: [{ path: 'header.Idempotency-Key' }] });
  });
});

describe('fan-out', () => {
  test('brings an action into each follower’s private timeline, as it was posted', async () => {
    const [ann, bob, cid] = await newPeople('fan', 3);
    for (const fan of [bob, cid]) {
      await call(fan, 'PUT', `/resources/${fan.ref}/followings/${ann.ref}`);
    }
    const { body } = await call<Action>(ann, 'POST', actions(ann), {
      body: { verb: 'publish', target: 'article:7', data: { title: 'x' } },
    });
    for (const fan of [bob, cid]) {
      await eventually(async () => {
        const seen = await call(fan, 'GET', `/resources/${fan.ref}/timelines/private`);
        expect(seen.body).toEqual({ items: [{ ...body, read: false }] });
      });
      expect(await publicIds(fan, fan)).toEqual([]);
    }
  });

  test('leaves out an action for the actor itself, which a later follower imports', async () => {
    const [ann, bob, cid] = await newPeople('selfish', 3);
    await call(bob, 'PUT', `/resources/${bob.ref}/followings/${ann.ref}`);
    const self = await call<Action>(ann, 'POST', actions(ann), {
      body: { verb: 'join', audience: 'self' },
    });
    const all = await call<Action>(ann, 'POST', actions(ann), { body: { verb: 'join' } });
    expect(await privateIds(ann)).toEqual([all.body.id, self.body.id]);
    expect(await publicIds(bob, ann)).toEqual([all.body.id, self.body.id]);
    await eventually(async () => expect(await privateIds(bob)).toEqual([all.body.id]));
    await call(cid, 'PUT', `/resources/${cid.ref}/followings/${ann.ref}`);
    await eventually(async () => {
      expect(await privateIds(cid)).toEqual([all.body.id, self.body.id]);
    });
    expect(await privateIds(bob)).toEqual([all.body.id]);
  });
});

describe('taking an action back', () => {
  test('takes it out of the actor’s timelines at once and out of the followers’ soon', async () => {
    const [ann, bob] = await newPeople('retract', 2);
    await call(bob, 'PUT', `/resources/${bob.ref}/followings/${ann.ref}`);
    const gone = await call<Action>(ann, 'POST', actions(ann), { body: { verb: 'join' } });
    const kept = await call<Action>(ann, 'POST', actions(ann), { body: { verb: 'join' } });
    await eventually(async () => {
      expect(await privateIds(bob)).toEqual([kept.body.id, gone.body.id]);
    });
    const { status, body } = await call(ann, 'DELETE', `${actions(ann)}/${gone.body.id}`);
    expect(status).toBe(204);
    expect(body).toBeUndefined();
    expect(await privateIds(ann)).toEqual([kept.body.id]);
    expect(await publicIds(bob, ann)).toEqual([kept.body.id]);
    await eventually(async () => expect(await privateIds(bob)).toEqual([kept.body.id]));
  });

  test('again, of another actor’s, or by an id that cannot be one is 404', async () => {
    const [ann, bob] = await newPeople('missing', 2);
    const { body } = await call<Action>(ann, 'POST', actions(ann), { body: { verb: 'join' } });
    expect((await call(bob, 'DELETE', `${actions(bob)}/${body.id}`)).status).toBe(404);
    for (const impossible of [
      'act_1',
      'x',
      'act_ZZZZZZZZZZZZZZZZZZZZZZZZZZ',
      '%00',
      '..%2e',
      'ä',
    ]) {
      const answer = await call(ann, 'DELETE', `${actions(ann)}/${encodeURIComponent(impossible)}`);
      expect([impossible, answer.status]).toEqual([impossible, 404]);
    }
    expect((await call(ann, 'DELETE', `${actions(ann)}/${body.id}`)).status).toBe(204);
    expect((await call(ann, 'DELETE', `${actions(ann)}/${body.id}`)).status).toBe(404);
  });
});

function posting(who: Person, key: string, body: object) {
  return call<Action>(who, 'POST', actions(who), { body, headers: { 'idempotency-key': key } });
}
