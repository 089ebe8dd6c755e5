import { beforeAll, describe, expect, test } from '@jest/globals';
import { listenToBus } from '../support/e2e/bus-listener.ts';
import type { BusListener } from '../support/e2e/bus-listener.ts';
import {
  deleteThread,
  readMessage,
  readThread,
  reply,
  replying,
  send,
  sending,
  unreadMessage,
} from '../support/e2e/convos.ts';
import type { Message } from '../support/e2e/convos.ts';
import { eventually, throughout } from '../support/e2e/eventually.ts';
import { newPeople } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';

let bus: BusListener;

beforeAll(async () => {
  bus = await listenToBus(['thread.created', 'message.sent', 'message.read']);
});

const id = expect.stringMatching(/^evt_[0-7][0-9A-HJKMNP-TV-Z]{25}$/u);
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u);

const sentOf = ({ body: _body, isRead: _isRead, ...data }: Message) => ({
  id,
  type: 'message.sent',
  at: data.sentAt,
  audience: [data.sender, data.recipient],
  data,
});

const createdOf = ({ threadId, subject, sender, recipient, sentAt }: Message) => ({
  id,
  type: 'thread.created',
  at: sentAt,
  audience: [sender, recipient],
  data: { id: threadId, subject, sender, recipient, createdAt: sentAt },
});

const readOf = ({ id: message, threadId }: Message, reader: Person, sender: Person) => ({
  id,
  type: 'message.read',
  at: time,
  audience: expect.arrayContaining([reader.ref, sender.ref]),
  data: {
    id: message,
    threadId,
    reader: reader.ref,
    sender: sender.ref,
    readAt: time,
  },
});

const upToOf = ({ id: upTo, ...data }: ReturnType<typeof readOf>['data']) => ({ ...data, upTo });

describe('the bus is told', () => {
  test('of a new thread and its message, and of a reply, without a word of the text', async () => {
    const [ann, bob] = await newPeople('events', 2);
    const first = await send(ann, bob, { subject: 'Lunch?', body: 'The secret text.' });
    const answer = await reply(bob, first.threadId, 'Another secret text.');
    const expected = [sentOf(first), createdOf(first), sentOf(answer)];
    await eventually(async () => expect(await bus.heard(ann, bob)).toEqual(expected));
    expect(JSON.stringify(await bus.heard(ann, bob))).not.toContain('secret');
  });

  test('of a request that was repeated once', async () => {
    const [ann, bob] = await newPeople('repeat', 2);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => sending(ann, bob, {}, 'once')),
    );
    const [first] = answers;
    if (!first) throw new Error('nothing was sent');
    await replying(ann, first.body.threadId, 'x', 'r');
    const again = await replying(ann, first.body.threadId, 'x', 'r');
    const expected = [sentOf(first.body), createdOf(first.body), sentOf(again.body)];
    await eventually(async () => expect(await bus.heard(ann, bob)).toEqual(expected));
  });

  test('of a message that was read, each time that it changes something', async () => {
    const [ann, bob] = await newPeople('read', 2);
    const message = await send(ann, bob);
    const before = [sentOf(message), createdOf(message)];
    await readMessage(bob, message.id);
    await readMessage(bob, message.id);
    // One's own message is no news to anybody.
    await readMessage(ann, message.id);
    const once = [...before, readOf(message, bob, ann)];
    await eventually(async () => expect(await bus.heard(ann, bob)).toEqual(once));
    await unreadMessage(bob, message.id);
    await readMessage(bob, message.id);
    const twice = [...once, readOf(message, bob, ann)];
    await eventually(async () => expect(await bus.heard(ann, bob)).toEqual(twice));
  });

  test('of a thread that was read as a whole, once', async () => {
    const [ann, bob] = await newPeople('all', 2);
    const first = await send(ann, bob);
    const second = await reply(ann, first.threadId);
    await readThread(bob, first.threadId);
    await readThread(bob, first.threadId);
    await readThread(ann, first.threadId);
    const read = readOf(second, bob, ann);
    const expected = [
      sentOf(first),
      createdOf(first),
      sentOf(second),
      { ...read, data: upToOf(read.data) },
    ];
    await eventually(async () => expect(await bus.heard(ann, bob)).toEqual(expected));
  });

  test('of nothing that is deleted or refused', async () => {
    const [ann, bob] = await newPeople('quiet', 2);
    const message = await send(ann, bob);
    expect((await replying(ann, message.threadId, ' ')).status).toBe(400);
    expect((await sending(ann, ann)).status).toBe(400);
    await deleteThread(bob, message.threadId);
    const expected = [sentOf(message), createdOf(message)];
    await eventually(async () => expect(await bus.heard(ann, bob)).toEqual(expected));
    await throughout(async () => expect(await bus.heard(ann, bob)).toEqual(expected));
  });
});
