import { expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  block,
  blocksOf,
  deleteMessage,
  deleteThread,
  messageIds,
  messageOf,
  messagesOf,
  readMessage,
  reply,
  send,
  sending,
  threadIds,
  threadOf,
  threadsOf,
  unreadOf,
} from '../support/e2e/convos.ts';
import { erase, erased } from '../support/e2e/erasure.ts';
import { contradictions, mailboxOf } from '../support/e2e/mailbox.ts';
import { admin, newPeople, newPerson } from '../support/e2e/people.ts';

test.concurrent('erasing a user empties its mailbox and leaves the others’ as they were', async () => {
  const [ann, bob, cid] = await newPeople('erase', 3);
  const lunch = await send(ann, bob, { subject: 'Lunch?', body: 'At noon.' });
  const yes = await reply(bob, lunch.threadId, 'Yes!');
  await readMessage(bob, lunch.id);
  const keys = await send(cid, ann, { subject: 'Keys' });
  const films = await send(bob, cid, { subject: 'Films' });
  const before = { bob: await mailboxOf(bob), cid: await mailboxOf(cid) };

  const { removed } = await erase(ann.ref);
  // Its copies of what it sent and of what it got.
  expect(removed.messages).toBe(3);

  for (const folder of [undefined, 'inbox', 'outbox']) {
    expect(await threadIds(ann, { folder })).toEqual([]);
  }
  expect(await unreadOf(ann)).toEqual({ count: 0, threads: 0 });
  for (const { id } of [lunch, yes, keys]) {
    expect((await call(ann, 'GET', `/messages/${id}`)).status).toBe(404);
  }
  for (const { threadId } of [lunch, keys]) {
    for (const path of [`/threads/${threadId}`, `/threads/${threadId}/messages`]) {
      expect((await call(ann, 'GET', path)).status).toBe(404);
    }
  }

  expect(await mailboxOf(bob)).toEqual(before.bob);
  expect(await mailboxOf(cid)).toEqual(before.cid);
  expect(await messageOf(bob, lunch.id)).toEqual({ ...lunch, isRead: true });
  expect((await threadsOf(bob)).map((thread) => thread.with)).toEqual([cid.ref, ann.ref]);
  const full = await messagesOf(bob, lunch.threadId, { body: 'full' });
  expect(full).toMatchObject([
    { sender: bob.ref, recipient: ann.ref, body: 'Yes!' },
    { sender: ann.ref, recipient: bob.ref, body: 'At noon.' },
  ]);
  expect(await messageIds(cid, films.threadId)).toEqual([films.id]);
});

test.concurrent('a reply to an erased user works, and is all that it then has', async () => {
  const [ann, bob] = await newPeople('after', 2);
  const { threadId } = await send(ann, bob, { subject: 'Lunch?' });
  await erase(ann.ref);
  const late = await reply(bob, threadId, 'Still there?');
  expect(late).toMatchObject({ recipient: ann.ref, subject: 'Lunch?' });
  expect(await threadsOf(ann)).toMatchObject([
    { id: threadId, with: bob.ref, subject: 'Lunch?', messageCount: 1, unreadCount: 1 },
  ]);
  expect(await messageIds(ann, threadId)).toEqual([late.id]);
  expect(await messageIds(bob, threadId)).toHaveLength(2);
  const answer = await reply(ann, threadId, 'Again.');
  expect(await messageIds(bob, threadId)).toHaveLength(3);
  const fresh = await send(ann, bob);
  expect(await threadIds(ann)).toEqual([fresh.threadId, threadId]);
  for (const who of [ann, bob]) expect(await contradictions(who)).toEqual([]);

  // And once more: it counts what came since.
  expect((await erase(ann.ref)).removed.messages).toBe(3);
  expect(await threadIds(ann)).toEqual([]);
  expect((await messageOf(bob, answer.id)).body).toBe('Again.');
});

test.concurrent('what the user had deleted before is not counted as erased', async () => {
  const [ann, bob] = await newPeople('counted', 2);
  const first = await send(ann, bob);
  const second = await reply(bob, first.threadId);
  await reply(ann, first.threadId);
  const gone = await send(bob, ann);
  await deleteMessage(ann, second.id);
  await deleteThread(ann, gone.threadId);
  expect((await erase(ann.ref)).removed.messages).toBe(2);
  expect(await threadOf(bob, first.threadId)).toMatchObject({ messageCount: 3 });
  expect(await contradictions(bob)).toEqual([]);
});

test.concurrent('a mailbox of many threads and messages is erased to the last', async () => {
  const [ann, bob, cid] = await newPeople('many', 3);
  let total = 0;
  for (let turn = 0; turn < 12; turn += 1) {
    const { threadId } = await send(turn % 2 ? ann : bob, turn % 2 ? cid : ann);
    total += 1;
    for (let more = 0; more < turn; more += 1, total += 1) await reply(ann, threadId);
  }
  const { threadId } = await send(ann, bob);
  await Promise.all(Array.from({ length: 40 }, () => reply(ann, threadId)));
  expect((await erase(ann.ref)).removed.messages).toBe(total + 41);
  expect(await threadIds(ann)).toEqual([]);
  expect(await messageIds(bob, threadId, { limit: '100' })).toHaveLength(41);
  for (const who of [bob, cid]) expect(await contradictions(who)).toEqual([]);
});

test.concurrent('lifts the blocks that the user had set, and none that others have set', async () => {
  const [ann, bob, cid] = await newPeople('blocks', 3);
  await block(ann, bob);
  await block(cid, ann);
  await erase(ann.ref);
  expect(await blocksOf(ann)).toEqual([]);
  expect(await blocksOf(cid)).toMatchObject([{ ref: ann.ref }]);
  expect((await sending(bob, ann)).status).toBe(201);
  expect((await sending(ann, cid)).status).toBe(403);
});

test.concurrent('of both participants leaves nothing of their thread', async () => {
  const [ann, bob] = await newPeople('both', 2);
  const { id, threadId } = await send(ann, bob);
  const operator = await admin();
  for (const { ref } of [ann, bob]) {
    expect((await call(operator, 'DELETE', `/resources/${ref}`)).status).toBe(202);
  }
  for (const who of [ann, bob]) {
    expect((await erased(who.ref)).removed.messages).toBe(1);
    expect((await call(who, 'GET', `/messages/${id}`)).status).toBe(404);
    expect((await call(who, 'GET', `/threads/${threadId}`)).status).toBe(404);
    expect(await unreadOf(who)).toEqual({ count: 0, threads: 0 });
  }
});

test.concurrent('a user without any message is erased too, again and again', async () => {
  const ann = await newPerson('none');
  for (let turn = 0; turn < 2; turn += 1) expect((await erase(ann.ref)).removed.messages).toBe(0);
});
