import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  block,
  blocksOf,
  deleteThread,
  messageIds,
  messageOf,
  readThread,
  reply,
  replying,
  send,
  sending,
  threadIds,
  threadOf,
  unblock,
  unreadOf,
} from '../support/e2e/convos.ts';
import type { Block } from '../support/e2e/convos.ts';
import { contradictions } from '../support/e2e/mailbox.ts';
import { newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
const pathOf = ({ ref }: Person) => `/convos/blocks/${ref}`;

describe('a block', () => {
  test('is set, seen, set again with its first date, lifted and gone', async () => {
    const [ann, bob] = await newPeople('block', 2);
    expect((await call(ann, 'GET', pathOf(bob))).status).toBe(404);
    const before = Date.now();
    const { status, body } = await call<Block>(ann, 'PUT', pathOf(bob));
    expect(status).toBe(200);
    expect(body).toEqual({ ref: bob.ref, since: time });
    expect(Date.parse(body.since)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(body.since)).toBeLessThanOrEqual(Date.now());
    expect(await call(ann, 'GET', pathOf(bob))).toMatchObject({ status: 200, body });
    expect(await call(ann, 'PUT', pathOf(bob))).toMatchObject({ status: 200, body });
    expect(await blocksOf(ann)).toEqual([body]);
    for (const turn of ['set', 'not set']) {
      const lifted = await call(ann, 'DELETE', pathOf(bob));
      expect([turn, lifted.status, lifted.body]).toEqual([turn, 204, undefined]);
      expect((await call(ann, 'GET', pathOf(bob))).status).toBe(404);
      expect(await blocksOf(ann)).toEqual([]);
    }
    const again = await call<Block>(ann, 'PUT', pathOf(bob));
    expect(again.body.since > body.since).toBe(true);
  });

  test.each(['PUT', 'GET', 'DELETE'])('of oneself or of no user is 400 (%s)', async (method) => {
    const ann = await newPerson('self');
    for (const ref of [ann.ref, 'project:7', 'planet:7', 'nobody']) {
      const { status, body } = await call(ann, method, `/convos/blocks/${ref}`);
      expect([ref, status]).toEqual([ref, 400]);
      expect(body['errors']).toMatchObject([{ path: 'path.ref' }]);
    }
    expect(await blocksOf(ann)).toEqual([]);
  });

  test('is nothing that the blocked one is told of', async () => {
    const [ann, bob] = await newPeople('untold', 2);
    await block(ann, bob);
    expect((await call(bob, 'GET', pathOf(ann))).status).toBe(404);
    expect(await blocksOf(bob)).toEqual([]);
    await unblock(bob, ann);
    expect(await blocksOf(ann)).toHaveLength(1);
  });
});

describe('between two of whom one blocks the other', () => {
  test.each(['the sender', 'the recipient', 'both'])(
    'nothing can be sent or replied when it is %s, and all threads stay readable',
    async (who) => {
      const [ann, bob] = await newPeople('between', 2);
      const { id, threadId } = await send(ann, bob);
      const answer = await reply(bob, threadId);
      if (who !== 'the recipient') await block(ann, bob);
      if (who !== 'the sender') await block(bob, ann);
      expect((await sending(ann, bob)).status).toBe(403);
      expect((await sending(bob, ann)).status).toBe(403);
      expect((await replying(ann, threadId)).status).toBe(403);
      expect((await replying(bob, threadId)).status).toBe(403);
      for (const one of [ann, bob]) {
        expect(await threadIds(one)).toEqual([threadId]);
        expect(await messageIds(one, threadId)).toEqual([answer.id, id]);
        expect((await messageOf(one, id)).body).toBe('Today at noon.');
        expect(await threadOf(one, threadId)).toMatchObject({ messageCount: 2, unreadCount: 1 });
        await readThread(one, threadId);
        expect(await unreadOf(one)).toEqual({ count: 0, threads: 0 });
        expect(await contradictions(one)).toEqual([]);
      }
      await deleteThread(bob, threadId);
      expect((await replying(bob, threadId)).status).toBe(403);
      expect((await replying(ann, threadId)).status).toBe(403);
      expect(await threadIds(bob)).toEqual([]);
    },
  );

  test('messages pass again as soon as neither blocks the other', async () => {
    const [ann, bob] = await newPeople('again', 2);
    const { threadId } = await send(ann, bob);
    await block(ann, bob);
    await block(bob, ann);
    await unblock(ann, bob);
    for (const [from, to] of [
      [ann, bob],
      [bob, ann],
    ] as const) {
      expect((await sending(from, to)).status).toBe(403);
      expect((await replying(from, threadId)).status).toBe(403);
    }
    await unblock(bob, ann);
    await reply(ann, threadId);
    await reply(bob, threadId);
    await send(bob, ann);
    expect(await threadIds(ann)).toHaveLength(2);
    expect(await messageIds(ann, threadId)).toHaveLength(3);
    // And stop again with the next block.
    await block(bob, ann);
    expect((await replying(ann, threadId)).status).toBe(403);
  });

  test('others write to both as before', async () => {
    const [ann, bob, cid] = await newPeople('others', 3);
    await block(ann, bob);
    for (const [from, to] of [
      [cid, ann],
      [ann, cid],
      [cid, bob],
      [bob, cid],
    ] as const) {
      await send(from, to);
    }
    expect(await threadIds(cid)).toHaveLength(4);
  });

  test('a refused message leaves nothing behind', async () => {
    const [ann, bob] = await newPeople('refused', 2);
    const { threadId } = await send(ann, bob);
    const before = await threadOf(bob, threadId);
    await block(ann, bob);
    for (const who of [ann, bob]) await replying(who, threadId);
    await sending(ann, bob);
    await sending(bob, ann);
    expect(await threadOf(bob, threadId)).toEqual(before);
    expect(await threadIds(bob)).toEqual([threadId]);
    expect(await unreadOf(ann)).toEqual({ count: 0, threads: 0 });
    expect(await unreadOf(bob)).toEqual({ count: 1, threads: 1 });
  });

  test('a stranger’s thread is 404 before it is anything else', async () => {
    const [ann, bob, eve] = await newPeople('order', 3);
    const { threadId } = await send(ann, bob);
    await block(ann, eve);
    expect((await replying(eve, threadId)).status).toBe(404);
  });
});

test('the list of blocks has the newest first, each once on its pages', async () => {
  const [ann, eve] = await newPeople('list', 2);
  const refs: string[] = [];
  for (let turn = 0; turn < 23; turn += 1) {
    const blocked = await newPerson('blocked');
    await block(ann, blocked);
    refs.unshift(blocked.ref);
  }
  for (const limit of ['1', '5', '20', '23', '100']) {
    expect((await blocksOf(ann, { limit })).map(({ ref }) => ref)).toEqual(refs);
  }
  const dates = (await blocksOf(ann)).map(({ since }) => since);
  expect(dates).toEqual(dates.toSorted().toReversed());
  await unblock(ann, { ref: refs[3] ?? '' });
  await block(ann, { ref: refs[3] ?? '' });
  const moved = [refs[3], ...refs.filter((_ref, index) => index !== 3)];
  expect((await blocksOf(ann, { limit: '4' })).map(({ ref }) => ref)).toEqual(moved);
  expect(await blocksOf(eve)).toEqual([]);
});
