import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  deleteMessage,
  deleteThread,
  messageIds,
  messageOf,
  messagesOf,
  readMessage,
  readThread,
  reply,
  send,
  threadIds,
  threadOf,
  threadsOf,
  unreadOf,
} from '../support/e2e/convos.ts';
import type { ListedMessage } from '../support/e2e/convos.ts';
import { throughout } from '../support/e2e/eventually.ts';
import { contradictions } from '../support/e2e/mailbox.ts';
import { newPeople } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';

const statusOf = async (who: Person, method: string, path: string) =>
  (await call(who, method, path)).status;

describe('deleting a message', () => {
  test('takes it from the caller alone', async () => {
    const [ann, bob] = await newPeople('one', 2);
    const first = await send(ann, bob);
    const second = await reply(ann, first.threadId);
    const before = await threadOf(ann, first.threadId);
    const { status, body } = await call(bob, 'DELETE', `/messages/${second.id}`);
    expect(status).toBe(204);
    expect(body).toBeUndefined();
    expect(await statusOf(bob, 'GET', `/messages/${second.id}`)).toBe(404);
    expect(await messageIds(bob, first.threadId)).toEqual([first.id]);
    expect(await threadOf(bob, first.threadId)).toMatchObject({
      messageCount: 1,
      lastMessage: { id: first.id },
    });
    expect(await messageOf(ann, second.id)).toEqual(second);
    expect(await threadOf(ann, first.threadId)).toEqual(before);
  });

  test('again, or one that is none, is 404', async () => {
    const [ann, bob] = await newPeople('again', 2);
    const { id } = await send(ann, bob);
    expect(await statusOf(ann, 'DELETE', `/messages/${id}`)).toBe(204);
    expect(await statusOf(ann, 'DELETE', `/messages/${id}`)).toBe(404);
    expect(await statusOf(bob, 'DELETE', `/messages/${id}`)).toBe(204);
    expect(await statusOf(bob, 'DELETE', `/messages/${id}`)).toBe(404);
  });

  test('in any order leaves the newest of the rest as the last message', async () => {
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
      [2, 0, 3, 1],
    ]) {
      const [ann, bob] = await newPeople('order', 2);
      const first = await send(ann, bob, { body: '0' });
      const messages = [first];
      for (const who of [bob, ann, bob]) {
        messages.push(await reply(who, first.threadId, String(messages.length)));
      }
      const left = messages.map(({ id }) => id);
      for (const index of order) {
        const gone = messages[index]?.id ?? '';
        left.splice(left.indexOf(gone), 1);
        await deleteMessage(bob, gone);
        const newest = left.at(-1);
        const bodyExcerpt = String(messages.findIndex(({ id }) => id === newest));
        const entry = { messageCount: left.length, lastMessage: { id: newest, bodyExcerpt } };
        expect(await threadsOf(bob)).toMatchObject(newest === undefined ? [] : [entry]);
        expect(await contradictions(bob)).toEqual([]);
      }
      expect(await statusOf(bob, 'GET', `/threads/${first.threadId}`)).toBe(404);
      expect(await threadOf(ann, first.threadId)).toMatchObject({ messageCount: 4 });
      expect(await contradictions(ann)).toEqual([]);
    }
  });

  test('takes the thread out of the folder whose last message it was', async () => {
    const [ann, bob] = await newPeople('folder', 2);
    const first = await send(ann, bob);
    const second = await reply(bob, first.threadId);
    await deleteMessage(bob, first.id);
    expect(await threadIds(bob, { folder: 'inbox' })).toEqual([]);
    expect(await threadIds(bob, { folder: 'outbox' })).toEqual([first.threadId]);
    await deleteMessage(ann, second.id);
    expect(await threadIds(ann, { folder: 'inbox' })).toEqual([]);
    expect(await threadIds(ann, { folder: 'outbox' })).toEqual([first.threadId]);
  });

  test('shows the mark of the message that becomes the last one', async () => {
    const [ann, bob] = await newPeople('mark', 2);
    const first = await send(ann, bob);
    const second = await reply(ann, first.threadId);
    const third = await reply(ann, first.threadId);
    await readMessage(bob, first.id);
    await deleteMessage(bob, third.id);
    expect((await threadOf(bob, first.threadId)).lastMessage).toMatchObject({
      id: second.id,
      isRead: false,
    });
    await deleteMessage(bob, second.id);
    expect((await threadOf(bob, first.threadId)).lastMessage).toMatchObject({
      id: first.id,
      isRead: true,
    });
    expect(await unreadOf(bob)).toEqual({ count: 0, threads: 0 });
  });
});

describe('deleting a thread', () => {
  test('takes all of it from the caller alone', async () => {
    const [ann, bob] = await newPeople('thread', 2);
    const first = await send(ann, bob);
    const { threadId } = first;
    const second = await reply(bob, threadId);
    const third = await reply(ann, threadId);
    const before = [await threadOf(ann, threadId), await messagesOf(ann, threadId)];
    const { status, body } = await call(bob, 'DELETE', `/threads/${threadId}`);
    expect(status).toBe(204);
    expect(body).toBeUndefined();
    for (const folder of [{}, { folder: 'inbox' }, { folder: 'outbox' }]) {
      expect(await threadIds(bob, folder)).toEqual([]);
    }
    for (const { id } of [first, second, third]) {
      expect(await statusOf(bob, 'GET', `/messages/${id}`)).toBe(404);
      expect(await statusOf(bob, 'POST', `/messages/${id}/read`)).toBe(404);
      expect(await statusOf(bob, 'DELETE', `/messages/${id}`)).toBe(404);
    }
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/messages'],
      ['POST', '/read'],
      ['DELETE', ''],
    ] as const) {
      expect(await statusOf(bob, method, `/threads/${threadId}${path}`)).toBe(404);
    }
    expect(await unreadOf(bob)).toEqual({ count: 0, threads: 0 });
    expect([await threadOf(ann, threadId), await messagesOf(ann, threadId)]).toEqual(before);
  });

  test('lets a reply of the other side bring it back with the new message alone', async () => {
    const [ann, bob, cid] = await newPeople('back', 3);
    const { threadId } = await send(ann, bob, { subject: 'Lunch?' });
    await reply(bob, threadId);
    await deleteThread(bob, threadId);
    const other = await send(cid, bob);
    const back = await reply(ann, threadId, 'Anyone there?');
    expect(await threadsOf(bob)).toMatchObject([
      {
        id: threadId,
        subject: 'Lunch?',
        with: ann.ref,
        lastMessage: { id: back.id, isRead: false },
        unreadCount: 1,
        messageCount: 1,
      },
      { id: other.threadId },
    ]);
    expect(await messageIds(bob, threadId)).toEqual([back.id]);
    expect(await messageIds(bob, threadId, { order: 'asc', limit: '1' })).toEqual([back.id]);
    expect(await threadIds(bob, { folder: 'outbox' })).toEqual([]);
    expect(await messageIds(ann, threadId)).toHaveLength(3);
    for (const who of [ann, bob]) expect(await contradictions(who)).toEqual([]);
  });

  test('lets the caller reply all the same, and has that message alone', async () => {
    const [ann, bob] = await newPeople('own', 2);
    const { threadId } = await send(ann, bob);
    await deleteThread(bob, threadId);
    const answer = await reply(bob, threadId, 'After all: yes.');
    expect(await messageIds(bob, threadId)).toEqual([answer.id]);
    expect(await threadIds(bob, { folder: 'inbox' })).toEqual([]);
    expect(await threadIds(bob, { folder: 'outbox' })).toEqual([threadId]);
    expect(await messageIds(ann, threadId)).toHaveLength(2);
    expect(await unreadOf(bob)).toEqual({ count: 0, threads: 0 });
    expect(await unreadOf(ann)).toEqual({ count: 1, threads: 1 });
  });

  test('again and again keeps nothing of what was before', async () => {
    const [ann, bob] = await newPeople('rounds', 2);
    const { id, threadId } = await send(ann, bob);
    for (let round = 0; round < 4; round += 1) {
      const fresh = await reply(ann, threadId, `Round ${round}`);
      expect(await messageIds(bob, threadId)).toEqual(round > 0 ? [fresh.id] : [fresh.id, id]);
      if (round % 2) await readThread(bob, threadId);
      await deleteThread(bob, threadId);
      expect(await threadIds(bob)).toEqual([]);
      expect(await unreadOf(bob)).toEqual({ count: 0, threads: 0 });
    }
    expect(await messageIds(ann, threadId)).toHaveLength(5);
    expect(await contradictions(ann)).toEqual([]);
  });

  test('on both sides still lets one of the two begin it again', async () => {
    const [ann, bob] = await newPeople('both', 2);
    const { threadId } = await send(ann, bob, { subject: 'Lunch?' });
    for (const who of [ann, bob]) await deleteThread(who, threadId);
    const again = await reply(bob, threadId, 'Once more.');
    expect(again).toMatchObject({ recipient: ann.ref, subject: 'Lunch?' });
    for (const who of [ann, bob]) {
      expect(await messageIds(who, threadId)).toEqual([again.id]);
      expect(await contradictions(who)).toEqual([]);
    }
  });

  test('of many messages shows none of them any more, however soon it comes back', async () => {
    const [ann, bob] = await newPeople('soon', 2);
    const { threadId } = await send(ann, bob);
    for (let turn = 0; turn < 12; turn += 1) {
      await Promise.all(Array.from({ length: 8 }, () => reply(ann, threadId)));
    }
    const path = `/threads/${threadId}/messages`;
    const look = (order: string) =>
      call<{ items?: ListedMessage[] }>(bob, 'GET', path, { query: { order, limit: '100' } });
    const lookAtOnce = () =>
      Promise.all(Array.from({ length: 8 }, (_, at) => look(at % 2 ? 'asc' : 'desc')));
    // This also has as many instances up as look at the same time below.
    for (const { body } of await lookAtOnce()) expect(body.items).toHaveLength(97);
    await deleteThread(bob, threadId);
    const fresh = await reply(ann, threadId);
    const looks = [...(await lookAtOnce()), ...(await lookAtOnce())];
    for (const { body } of looks) {
      expect(body.items?.map(({ id }) => id)).toEqual([fresh.id]);
    }
  });

  test('and what is removed behind it touches nothing that came after', async () => {
    const [ann, bob] = await newPeople('behind', 2);
    const { threadId } = await send(ann, bob);
    for (let turn = 0; turn < 30; turn += 1) await reply(ann, threadId);
    await deleteThread(bob, threadId);
    const kept = [await reply(ann, threadId), await reply(bob, threadId)].map(({ id }) => id);
    await throughout(async () => {
      expect(await messageIds(bob, threadId)).toEqual(kept.toReversed());
      expect(await messageIds(ann, threadId, { limit: '100' })).toHaveLength(33);
    });
    for (const who of [ann, bob]) expect(await contradictions(who)).toEqual([]);
  });
});

test('a message that both have deleted is gone, one that either keeps stays whole', async () => {
  const [ann, bob] = await newPeople('keep', 2);
  const body = 'x'.repeat(1000);
  const first = await send(ann, bob, { body });
  const second = await reply(ann, first.threadId, body);
  await deleteMessage(ann, first.id);
  await deleteMessage(bob, first.id);
  await deleteThread(ann, first.threadId);
  expect((await messageOf(bob, second.id)).body).toBe(body);
  const full = await messagesOf(bob, first.threadId, { body: 'full' });
  expect(full).toMatchObject([{ id: second.id, body }]);
});
