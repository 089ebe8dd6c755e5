import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  deleteMessage,
  messageOf,
  messagesOf,
  readMessage,
  readThread,
  reply,
  send,
  threadOf,
  threadsOf,
  unreadMessage,
  unreadOf,
} from '../support/e2e/convos.ts';
import type { Message } from '../support/e2e/convos.ts';
import { contradictions } from '../support/e2e/mailbox.ts';
import { newPeople } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';

const none = { count: 0, threads: 0 };

async function marksOf(who: Person, threadId: string): Promise<Record<string, boolean>> {
  const list = await messagesOf(who, threadId);
  return Object.fromEntries(list.map(({ id, isRead }) => [id, isRead]));
}

describe('a message', () => {
  test('is not marked by looking at it', async () => {
    const [ann, bob] = await newPeople('look', 2);
    const { id, threadId } = await send(ann, bob);
    for (const query of [{}, { body: 'full' }]) await messagesOf(bob, threadId, query);
    await messageOf(bob, id);
    await threadOf(bob, threadId);
    await threadsOf(bob);
    expect((await messageOf(bob, id)).isRead).toBe(false);
    expect(await unreadOf(bob)).toEqual({ count: 1, threads: 1 });
  });

  test('is answered as it is marked, read and unread again', async () => {
    const [ann, bob] = await newPeople('mark', 2);
    const message = await send(ann, bob);
    const mark = (how: string) => call<Message>(bob, 'POST', `/messages/${message.id}/${how}`);
    for (const turn of ['first', 'again']) {
      expect([turn, await mark('read')]).toMatchObject([
        turn,
        { status: 200, body: { ...message, isRead: true } },
      ]);
      expect(await unreadOf(bob)).toEqual(none);
      expect(await threadOf(bob, message.threadId)).toMatchObject({
        unreadCount: 0,
        lastMessage: { isRead: true },
        messages: [{ isRead: true }],
      });
    }
    for (const turn of ['first', 'again']) {
      expect([turn, await mark('unread')]).toMatchObject([turn, { status: 200, body: message }]);
      expect(await unreadOf(bob)).toEqual({ count: 1, threads: 1 });
      expect(await threadOf(bob, message.threadId)).toMatchObject({
        unreadCount: 1,
        lastMessage: { isRead: false },
        messages: [{ isRead: false }],
      });
    }
    expect(await contradictions(bob)).toEqual([]);
  });

  test('has a mark of each side, and one’s own never counts', async () => {
    const [ann, bob] = await newPeople('apart', 2);
    const { id, threadId } = await send(ann, bob);
    await readMessage(ann, id);
    expect((await messageOf(ann, id)).isRead).toBe(true);
    expect((await messageOf(bob, id)).isRead).toBe(false);
    expect(await unreadOf(bob)).toEqual({ count: 1, threads: 1 });
    await readMessage(bob, id);
    await unreadMessage(ann, id);
    expect((await messageOf(ann, id)).isRead).toBe(false);
    expect((await messageOf(bob, id)).isRead).toBe(true);
    expect(await unreadOf(ann)).toEqual(none);
    expect(await threadOf(ann, threadId)).toMatchObject({
      unreadCount: 0,
      lastMessage: { isRead: false },
    });
    for (const who of [ann, bob]) expect(await contradictions(who)).toEqual([]);
  });
});

describe('a thread', () => {
  test('that is read has every message of it read, for the caller alone', async () => {
    const [ann, bob] = await newPeople('all', 2);
    const first = await send(ann, bob);
    const second = await reply(bob, first.threadId);
    const third = await reply(ann, first.threadId);
    const elsewhere = await send(ann, bob);
    expect(await unreadOf(bob)).toEqual({ count: 3, threads: 2 });
    const { status } = await call(bob, 'POST', `/threads/${first.threadId}/read`);
    expect(status).toBe(200);
    expect(await unreadOf(bob)).toEqual({ count: 1, threads: 1 });
    expect(await marksOf(bob, first.threadId)).toEqual({
      [first.id]: true,
      [second.id]: true,
      [third.id]: true,
    });
    for (const { id } of [first, second, third]) {
      expect((await messageOf(bob, id)).isRead).toBe(true);
    }
    expect((await messageOf(bob, elsewhere.id)).isRead).toBe(false);
    expect(await marksOf(ann, first.threadId)).toEqual({
      [first.id]: false,
      [second.id]: false,
      [third.id]: false,
    });
    expect(await unreadOf(ann)).toEqual({ count: 1, threads: 1 });
    for (const who of [ann, bob]) expect(await contradictions(who)).toEqual([]);
  });

  test('that is read and read again changes nothing the second time', async () => {
    const [ann, bob] = await newPeople('twice', 2);
    const { threadId } = await send(ann, bob);
    await readThread(bob, threadId);
    const before = await threadOf(bob, threadId);
    await readThread(bob, threadId);
    expect(await threadOf(bob, threadId)).toEqual(before);
    expect(await unreadOf(bob)).toEqual(none);
  });

  test('that was read has what comes later unread', async () => {
    const [ann, bob] = await newPeople('later', 2);
    const first = await send(ann, bob);
    await readThread(bob, first.threadId);
    const second = await reply(ann, first.threadId);
    expect(await marksOf(bob, first.threadId)).toEqual({ [first.id]: true, [second.id]: false });
    expect(await unreadOf(bob)).toEqual({ count: 1, threads: 1 });
  });

  test('takes single marks before and after it was read', async () => {
    const [ann, bob] = await newPeople('mixed', 2);
    const first = await send(ann, bob);
    const { threadId } = first;
    const second = await reply(ann, threadId);
    const third = await reply(ann, threadId);
    await readMessage(bob, second.id);
    await unreadMessage(bob, second.id);
    await readMessage(bob, third.id);
    expect(await unreadOf(bob)).toEqual({ count: 2, threads: 1 });
    await readThread(bob, threadId);
    expect(await unreadOf(bob)).toEqual(none);
    // The mark that was set by hand before does not outlast the reading of all.
    expect((await messageOf(bob, second.id)).isRead).toBe(true);
    await unreadMessage(bob, first.id);
    await unreadMessage(bob, third.id);
    expect(await unreadOf(bob)).toEqual({ count: 2, threads: 1 });
    await readThread(bob, threadId);
    expect(await unreadOf(bob)).toEqual(none);
    await unreadMessage(bob, second.id);
    const fourth = await reply(ann, threadId);
    await readMessage(bob, fourth.id);
    expect(await marksOf(bob, threadId)).toEqual({
      [first.id]: true,
      [second.id]: false,
      [third.id]: true,
      [fourth.id]: true,
    });
    expect(await contradictions(bob)).toEqual([]);
  });
});

describe('the unread count', () => {
  test('goes down by what is deleted unread, and stays by what was read', async () => {
    const [ann, bob] = await newPeople('deleting', 2);
    const first = await send(ann, bob);
    const second = await reply(ann, first.threadId);
    const third = await reply(ann, first.threadId);
    const own = await reply(bob, first.threadId);
    await readMessage(bob, third.id);
    expect(await unreadOf(bob)).toEqual({ count: 2, threads: 1 });
    await deleteMessage(bob, third.id);
    expect(await unreadOf(bob)).toEqual({ count: 2, threads: 1 });
    await deleteMessage(bob, own.id);
    expect(await unreadOf(bob)).toEqual({ count: 2, threads: 1 });
    await deleteMessage(bob, first.id);
    expect(await unreadOf(bob)).toEqual({ count: 1, threads: 1 });
    await deleteMessage(bob, second.id);
    expect(await unreadOf(bob)).toEqual(none);
    expect(await threadsOf(bob)).toEqual([]);
  });

  test('counts messages in all threads, and the threads that hold one', async () => {
    const [ann, bob, cid] = await newPeople('sum', 3);
    const one = await send(ann, cid);
    const two = await send(bob, cid);
    await reply(ann, one.threadId);
    await reply(ann, one.threadId);
    expect(await unreadOf(cid)).toEqual({ count: 4, threads: 2 });
    await readThread(cid, one.threadId);
    expect(await unreadOf(cid)).toEqual({ count: 1, threads: 1 });
    await readMessage(cid, two.id);
    expect(await unreadOf(cid)).toEqual(none);
    await unreadMessage(cid, one.id);
    expect(await unreadOf(cid)).toEqual({ count: 1, threads: 1 });
  });
});

test('of a message or thread that was deleted there is nothing to mark', async () => {
  const [ann, bob] = await newPeople('gone', 2);
  const { id, threadId } = await send(ann, bob);
  await deleteMessage(bob, id);
  for (const path of [
    `/messages/${id}/read`,
    `/messages/${id}/unread`,
    `/threads/${threadId}/read`,
  ]) {
    expect([path, (await call(bob, 'POST', path)).status]).toEqual([path, 404]);
  }
  expect(await unreadOf(bob)).toEqual(none);
});
