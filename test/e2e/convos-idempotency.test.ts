import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  block,
  deleteMessage,
  deleteThread,
  messageIds,
  readMessage,
  reply,
  replying,
  send,
  sending,
  threadIds,
  unblock,
  unreadOf,
} from '../support/e2e/convos.ts';
import type { Message } from '../support/e2e/convos.ts';
import { contradictions } from '../support/e2e/mailbox.ts';
import { newPeople } from '../support/e2e/people.ts';

describe('an Idempotency-Key', () => {
  test('makes one message of fifty requests at once, and one answer', async () => {
    const [ann, bob] = await newPeople('storm', 2);
    const text = { subject: 'Once', body: 'Only once.' };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => sending(ann, bob, text, 'storm')),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201));
    const [first] = answers;
    for (const { body } of answers) expect(body).toEqual(first?.body);
    expect(first?.body).toMatchObject({ ...text, isRead: false });
    for (const who of [ann, bob]) {
      expect(await threadIds(who)).toEqual([first?.body.threadId]);
      expect(await messageIds(who, first?.body.threadId ?? '')).toEqual([first?.body.id]);
      expect(await contradictions(who)).toEqual([]);
    }
    expect(await unreadOf(bob)).toEqual({ count: 1, threads: 1 });
  });

  test('makes one reply of fifty requests at once, and one answer', async () => {
    const [ann, bob] = await newPeople('replies', 2);
    const { id, threadId } = await send(ann, bob);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => replying(bob, threadId, 'Once.', 'storm')),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201));
    const [first] = answers;
    for (const { body } of answers) expect(body).toEqual(first?.body);
    for (const who of [ann, bob]) {
      expect(await messageIds(who, threadId)).toEqual([first?.body.id, id]);
      expect(await contradictions(who)).toEqual([]);
    }
    expect(await unreadOf(ann)).toEqual({ count: 1, threads: 1 });
  });

  test('with another body, subject or recipient is 409 and changes nothing', async () => {
    const [ann, bob, cid] = await newPeople('other', 3);
    const { body: first } = await sending(ann, bob, { subject: 'a', body: 'b' }, 'k');
    const others = [
      await sending(ann, bob, { subject: 'a', body: 'B' }, 'k'),
      await sending(ann, bob, { subject: 'A', body: 'b' }, 'k'),
      await sending(ann, cid, { subject: 'a', body: 'b' }, 'k'),
    ];
    expect(others.map(({ status }) => status)).toEqual([409, 409, 409]);
    expect(await threadIds(ann)).toEqual([first.threadId]);
    expect(await threadIds(cid)).toEqual([]);
    await replying(bob, first.threadId, 'yes', 'k');
    expect((await replying(bob, first.threadId, 'no', 'k')).status).toBe(409);
    expect(await messageIds(ann, first.threadId)).toHaveLength(2);
    // The first answer is still there.
    const repeated = await sending(ann, bob, { subject: 'a', body: 'b' }, 'k');
    expect(repeated).toMatchObject({ status: 201, body: first });
  });

  test('of two bodies at once takes one of them', async () => {
    const [ann, bob] = await newPeople('two', 2);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) => sending(ann, bob, { body: `body ${at % 2}` }, 'k')),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(10);
    expect(statuses.filter((status) => status === 409)).toHaveLength(10);
    expect(await threadIds(bob)).toHaveLength(1);
  });

  test('counts for its caller and its path alone', async () => {
    const [ann, bob] = await newPeople('scope', 2);
    const answers = [
      await sending(ann, bob, { body: 'x' }, 'k'),
      await sending(bob, ann, { body: 'x' }, 'k'),
    ];
    for (const { body } of answers.slice()) {
      answers.push(await replying(ann, body.threadId, 'x', 'k'));
      answers.push(await replying(bob, body.threadId, 'x', 'k'));
    }
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(6);
    for (const threadId of await threadIds(ann)) {
      expect(await messageIds(ann, threadId)).toHaveLength(3);
    }
  });

  test('is not the same in another case, nor with white space inside', async () => {
    const [ann, bob] = await newPeople('case', 2);
    for (const key of ['key', 'Key', 'k ey']) {
      expect((await sending(ann, bob, { body: key }, key)).status).toBe(201);
    }
    expect(await threadIds(bob)).toHaveLength(3);
  });

  test('gives the first answer again, whatever became of the message', async () => {
    const [ann, bob] = await newPeople('later', 2);
    const first = await sending(ann, bob, { body: 'x' }, 'k');
    const { id, threadId } = first.body;
    const again = async () => {
      expect(await sending(ann, bob, { body: 'x' }, 'k')).toMatchObject({
        status: 201,
        body: first.body,
      });
    };
    await readMessage(ann, id);
    await readMessage(bob, id);
    await again();
    await reply(bob, threadId);
    await block(bob, ann);
    await again();
    await unblock(bob, ann);
    await deleteMessage(ann, id);
    await again();
    expect(await messageIds(bob, threadId)).toHaveLength(2);
    for (const who of [ann, bob]) await deleteThread(who, threadId);
    await again();
    for (const who of [ann, bob]) expect(await threadIds(who)).toEqual([]);
  });

  test('of a reply gives the first answer again when its thread was deleted', async () => {
    const [ann, bob] = await newPeople('replied', 2);
    const { threadId } = await send(ann, bob);
    const first = await replying(bob, threadId, 'Yes.', 'k');
    for (const who of [ann, bob]) await deleteThread(who, threadId);
    expect(await replying(bob, threadId, 'Yes.', 'k')).toMatchObject({
      status: 201,
      body: first.body,
    });
    for (const who of [ann, bob]) expect(await threadIds(who)).toEqual([]);
  });

  test('of a refused request is free again', async () => {
    const [ann, bob] = await newPeople('free', 2);
    expect((await sending(ann, bob, { body: ' ' }, 'k')).status).toBe(400);
    await block(bob, ann);
    expect((await sending(ann, bob, { body: 'x' }, 'k')).status).toBe(403);
    await unblock(bob, ann);
    const { status, body } = await sending(ann, bob, { body: 'y' }, 'k');
    expect(status).toBe(201);
    await block(bob, ann);
    expect((await replying(ann, body.threadId, 'x', 'r')).status).toBe(403);
    await unblock(bob, ann);
    expect((await replying(ann, body.threadId, 'y', 'r')).status).toBe(201);
  });

  test('has 1-255 characters', async () => {
    const [ann, bob] = await newPeople('long', 2);
    const { body } = await sending(ann, bob, {}, 'k'.repeat(255));
    for (const [path, good] of [
      ['/messages', { recipient: bob.ref, subject: 'x', body: 'x' }],
      [`/threads/${body.threadId}/messages`, { body: 'x' }],
    ] as const) {
      const answer = await call(ann, 'POST', path, {
        body: good,
        headers: { 'idempotency-key': 'k'.repeat(256) },
      });
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ errors: [{ path: 'header.Idempotency-Key' }] });
    }
    expect(await threadIds(bob)).toHaveLength(1);
  });
});

test('without a key the same request is another message each time', async () => {
  const [ann, bob] = await newPeople('keyless', 2);
  const answers = await Promise.all(Array.from({ length: 10 }, () => sending(ann, bob)));
  expect(new Set(answers.map(({ body }: { body: Message }) => body.id)).size).toBe(10);
  expect((await threadIds(bob)).toSorted()).toEqual(
    answers.map(({ body }) => body.threadId).toSorted(),
  );
  expect(await unreadOf(bob)).toEqual({ count: 10, threads: 10 });
});
