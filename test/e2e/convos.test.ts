import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  deleteMessage,
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
  threadsOf,
  unreadOf,
} from '../support/e2e/convos.ts';
import { contradictions } from '../support/e2e/mailbox.ts';
import { admin, newPeople, newPerson } from '../support/e2e/people.ts';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);
const idOf = (prefix: string) =>
  expect.stringMatching(new RegExp(`^${prefix}_[0-7][0-9A-HJKMNP-TV-Z]{25}$`, 'u'));

describe('sending a message', () => {
  test('answers it, and both of the two have it from then on', async () => {
    const [ann, bob] = await newPeople('send', 2);
    const before = Date.now();
    const { status, body } = await sending(ann, bob, { subject: 'Lunch?', body: 'At noon.' });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: idOf('msg'),
      threadId: idOf('thr'),
      sender: ann.ref,
      recipient: bob.ref,
      subject: 'Lunch?',
      body: 'At noon.',
      sentAt: time,
      isRead: false,
    });
    expect(Date.parse(body.sentAt)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(body.sentAt)).toBeLessThanOrEqual(Date.now());
    for (const who of [ann, bob]) {
      expect(await messageOf(who, body.id)).toEqual(body);
      const { id, sender, sentAt } = body;
      const lastMessage = { id, sender, bodyExcerpt: 'At noon.', sentAt, isRead: false };
      const entry = {
        id: body.threadId,
        subject: 'Lunch?',
        with: who === ann ? bob.ref : ann.ref,
        lastMessage,
        unreadCount: who === ann ? 0 : 1,
        messageCount: 1,
      };
      expect(await threadsOf(who)).toEqual([entry]);
      expect(await threadOf(who, body.threadId)).toEqual({
        ...entry,
        messages: [{ ...lastMessage, recipient: bob.ref }],
      });
    }
  });

  test('always starts a thread, also to the same user about the same subject', async () => {
    const [ann, bob] = await newPeople('starts', 2);
    const first = await send(ann, bob, { subject: 'Lunch?' });
    const second = await send(ann, bob, { subject: 'Lunch?' });
    expect(second.threadId).not.toBe(first.threadId);
    expect(await threadIds(bob)).toEqual([second.threadId, first.threadId]);
  });

  test('may be to somebody who was never seen here', async () => {
    const [ann, later] = await newPeople('unseen', 2);
    const { threadId } = await send(ann, { ref: later.ref });
    expect(await threadIds(later)).toEqual([threadId]);
  });

  test.each([
    ['oneself', (self: string) => self],
    ['a resource of another type', () => 'project:7'],
    ['an unknown type', () => 'planet:7'],
    ['something that is no reference', () => 'thoas'],
    ['a reference with a character that none has', () => 'user:a b'],
    ['an id of 129 characters', () => `user:${'x'.repeat(129)}`],
  ])('is refused by name to %s', async (_what, recipientOf) => {
    const ann = await newPerson('to');
    const { status, body } = await call(ann, 'POST', '/messages', {
      body: { recipient: recipientOf(ann.ref), subject: 'x', body: 'x' },
    });
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ path: 'body.recipient' }]);
    expect(await threadIds(ann)).toEqual([]);
  });

  test.each(['recipient', 'subject', 'body'])('is refused by name without %s', async (name) => {
    const [ann, bob] = await newPeople('without', 2);
    const whole: Record<string, string> = { recipient: bob.ref, subject: 'x', body: 'x' };
    delete whole[name];
    const { status, body } = await call(ann, 'POST', '/messages', { body: whole });
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ path: `body.${name}` }]);
    expect(await threadIds(bob)).toEqual([]);
  });

  test('takes no sender: it is the caller', async () => {
    const [ann, bob, eve] = await newPeople('forged', 3);
    const { status, body } = await call(eve, 'POST', '/messages', {
      body: { sender: ann.ref, recipient: bob.ref, subject: 'x', body: 'x' },
    });
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ path: 'body.sender' }]);
    expect((await sending(await admin(), bob)).body.sender).toBe((await admin()).ref);
  });
});

describe('a reply', () => {
  test('takes recipient and subject from the thread, whoever of the two sends it', async () => {
    const [ann, bob] = await newPeople('reply', 2);
    const first = await send(ann, bob, { subject: 'Lunch?' });
    const { status, body } = await replying(bob, first.threadId, 'Gladly.');
    expect(status).toBe(201);
    expect(body).toEqual({
      id: idOf('msg'),
      threadId: first.threadId,
      sender: bob.ref,
      recipient: ann.ref,
      subject: 'Lunch?',
      body: 'Gladly.',
      sentAt: time,
      isRead: false,
    });
    expect(body.sentAt > first.sentAt).toBe(true);
    const again = await reply(ann, first.threadId);
    expect(again).toMatchObject({ sender: ann.ref, recipient: bob.ref, subject: 'Lunch?' });
    for (const who of [ann, bob]) {
      expect(await messageOf(who, body.id)).toEqual(body);
      expect(await messageIds(who, first.threadId)).toEqual([again.id, body.id, first.id]);
    }
  });

  test.each(['recipient', 'subject', 'sender'])('takes no %s of its own', async (name) => {
    const [ann, bob, eve] = await newPeople('own', 3);
    const { threadId } = await send(ann, bob);
    const { status, body } = await call(bob, 'POST', `/threads/${threadId}/messages`, {
      body: { body: 'x', [name]: name === 'subject' ? 'Dinner?' : eve.ref },
    });
    expect(status).toBe(400);
    expect(body['errors']).toMatchObject([{ path: `body.${name}` }]);
    expect(await messageIds(bob, threadId)).toHaveLength(1);
  });
});

test.each([
  ['GET', '/messages', 'POST'],
  ['PUT', '/messages', 'POST'],
  ['PUT', '/messages/{id}', 'DELETE, GET'],
  ['PATCH', '/messages/{id}', 'DELETE, GET'],
  ['POST', '/threads', 'GET'],
  ['PUT', '/threads/{id}', 'DELETE, GET'],
])('%s %s is 405, and it says what is allowed', async (method, template, allowed) => {
  const [ann, bob] = await newPeople('method', 2);
  const { id, threadId } = await send(ann, bob);
  const path = template.replace('{id}', template.startsWith('/messages') ? id : threadId);
  const { status, headers } = await call(ann, method, path);
  expect(status).toBe(405);
  expect(headers.get('allow')?.split(', ').toSorted().join(', ')).toBe(allowed);
});

test('three users write, read, reply and delete, and each sees its own side of it', async () => {
  const [ann, bob, cid] = await newPeople('life', 3);
  const everybodyFits = async () => {
    for (const who of [ann, bob, cid]) expect(await contradictions(who)).toEqual([]);
  };
  expect(await threadIds(ann)).toEqual([]);
  expect(await unreadOf(ann)).toEqual({ count: 0, threads: 0 });

  // Ann writes to both, Cid to Bob.
  const lunch = await send(ann, bob, { subject: 'Lunch?', body: 'At noon?' });
  const films = await send(ann, cid, { subject: 'Films', body: 'Which one?' });
  const keys = await send(cid, bob, { subject: 'Keys', body: 'Have you got them?' });
  expect(await threadIds(ann)).toEqual([films.threadId, lunch.threadId]);
  expect(await threadIds(bob)).toEqual([keys.threadId, lunch.threadId]);
  expect(await threadIds(cid)).toEqual([keys.threadId, films.threadId]);
  expect(await unreadOf(ann)).toEqual({ count: 0, threads: 0 });
  expect(await unreadOf(bob)).toEqual({ count: 2, threads: 2 });
  expect(await unreadOf(cid)).toEqual({ count: 1, threads: 1 });
  await everybodyFits();

  // Bob answers Ann: the thread moves up for the two of them, and for nobody else.
  const yes = await reply(bob, lunch.threadId, 'Yes!');
  expect(await threadIds(ann)).toEqual([lunch.threadId, films.threadId]);
  expect(await threadIds(bob)).toEqual([lunch.threadId, keys.threadId]);
  expect(await threadIds(cid)).toEqual([keys.threadId, films.threadId]);
  expect(await threadIds(ann, { folder: 'inbox' })).toEqual([lunch.threadId]);
  expect(await threadIds(ann, { folder: 'outbox' })).toEqual([lunch.threadId, films.threadId]);
  expect(await threadIds(bob, { folder: 'inbox' })).toEqual([lunch.threadId, keys.threadId]);
  expect(await threadIds(bob, { folder: 'outbox' })).toEqual([lunch.threadId]);
  expect(await threadIds(cid, { folder: 'inbox' })).toEqual([films.threadId]);
  expect(await threadIds(cid, { folder: 'outbox' })).toEqual([keys.threadId]);
  expect(await unreadOf(ann)).toEqual({ count: 1, threads: 1 });
  await everybodyFits();

  // Bob reads all of lunch and deletes what he wrote; Ann keeps it.
  await readThread(bob, lunch.threadId);
  await deleteMessage(bob, yes.id);
  expect(await unreadOf(bob)).toEqual({ count: 1, threads: 1 });
  expect(await messageIds(bob, lunch.threadId)).toEqual([lunch.id]);
  expect(await messageIds(ann, lunch.threadId)).toEqual([yes.id, lunch.id]);
  expect(await threadIds(bob, { folder: 'outbox' })).toEqual([]);
  expect(await threadIds(bob)).toEqual([lunch.threadId, keys.threadId]);
  await everybodyFits();

  // Ann deletes the thread; Bob writes once more, and she has that alone.
  await deleteThread(ann, lunch.threadId);
  expect(await threadIds(ann)).toEqual([films.threadId]);
  expect(await unreadOf(ann)).toEqual({ count: 0, threads: 0 });
  const late = await reply(bob, lunch.threadId, 'Shall we say one?');
  expect(await messageIds(ann, lunch.threadId)).toEqual([late.id]);
  expect(await messageIds(bob, lunch.threadId)).toEqual([late.id, lunch.id]);
  expect(await threadOf(ann, lunch.threadId)).toMatchObject({ messageCount: 1, unreadCount: 1 });
  expect(await threadIds(ann, { folder: 'outbox' })).toEqual([films.threadId]);
  await everybodyFits();

  // Both delete all that they have; nothing is left of it, and the other threads are as they were.
  for (const who of [ann, bob]) await deleteThread(who, lunch.threadId);
  expect(await threadIds(ann)).toEqual([films.threadId]);
  expect(await threadIds(bob)).toEqual([keys.threadId]);
  expect(await threadIds(cid)).toEqual([keys.threadId, films.threadId]);
  for (const { id } of [lunch, yes, late]) {
    for (const who of [ann, bob, cid]) {
      expect((await call(who, 'GET', `/messages/${id}`)).status).toBe(404);
    }
  }
  await everybodyFits();
});

test('a user that nobody wrote to has an empty mailbox', async () => {
  const who = await newPerson('nothing');
  for (const [path, query] of [
    ['/threads', ''],
    ['/threads', 'folder=inbox'],
    ['/threads', 'folder=outbox'],
    ['/convos/blocks', ''],
  ] as const) {
    expect((await call(who, 'GET', path, { query })).body).toEqual({ items: [] });
  }
  expect(await unreadOf(who)).toEqual({ count: 0, threads: 0 });
});
