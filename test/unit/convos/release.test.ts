import { beforeEach, describe, expect, test } from '@jest/globals';
import { deleteMessage, deleteThread, getMessage } from '../../../lambdas/convos/endpoints.ts';
import { keys } from '../../../lambdas/convos/contract.ts';
import { nonceOf, ulidOfMessageId } from '../../../lambdas/convos/message.ts';
import { ConvosApp } from '../../support/convos-app.ts';
import type { ConvosAppOptions } from '../../support/convos-app.ts';
import { amy, bob, cat, on, reply, start, textsOf } from '../../support/convos-people.ts';
import type { Message } from '../../support/convos-people.ts';
import { diesAfter, diesBefore, together } from '../../support/convos-races.ts';
import { seededRandom } from '../../support/seeded-random.ts';

let app: ConvosApp;
let message: Message;
beforeEach(async () => {
  await begin();
});

const begin = async (options?: ConvosAppOptions) => {
  app = new ConvosApp(options);
  message = await start(app, amy, bob, { subject: 'Hush', body: 'a secret' });
};
const dayMs = 24 * 3_600_000;
const rowOf = ({ id }: Message) =>
  app.stores.table.get(keys.message(nonceOf(ulidOfMessageId(id) ?? '')));
/** Whether anything that was said is stored. */
const isStored = () => JSON.stringify(app.stores.table.all).includes('secret');
const isTextKept = () => rowOf(message)?.['body'] !== undefined;

describe('the text of a message', () => {
  test.each([
    ['its sender', amy, bob],
    ['its recipient', bob, amy],
  ])('stays when %s alone deletes it', async (_what, deleter, other) => {
    await on(app, deleter, deleteMessage, message.id);
    await app.settle();
    expect(isTextKept()).toBe(true);
    expect(await on(app, other, getMessage, message.id)).toBe(200);
    await on(app, other, deleteMessage, message.id);
    await app.settle();
    expect(isStored()).toBe(false);
    expect(rowOf(message)).not.toHaveProperty('subject');
  });

  test('goes when both delete it at the same moment, in any order of what follows', async () => {
    for (let seed = 0; seed < 25; seed += 1) {
      await begin();
      await together(
        app,
        [
          ...[amy, bob].map((user) => async () => {
            await on(app, user, deleteMessage, message.id);
            await app.relay();
          }),
          async () => {
            await app.runUpkeep({}, { concurrency: 2 });
          },
        ],
        seed,
      );
      await app.settle();
      expect(isStored()).toBe(false);
    }
  });

  test('goes when both delete the thread, and one thing after the other is late', async () => {
    await on(app, amy, deleteThread, message.threadId);
    await on(app, bob, deleteThread, message.threadId);
    expect(isTextKept()).toBe(true);
    await app.relay();
    await app.runUpkeep({}, { runs: 1 });
    expect(isTextKept()).toBe(true);
    await app.settle();
    expect(isStored()).toBe(false);
  });

  test('stays while a copy of the other is there that is deleted with its thread', async () => {
    await on(app, bob, deleteThread, message.threadId);
    await on(app, amy, deleteMessage, message.id);
    await app.relay();
    const waiting = app.queue.messages();
    const clears = waiting.filter(({ body }) => !body.includes('"release"'));
    for (const { messageId } of clears) app.queue.delete(messageId);
    await app.runUpkeep();
    expect(isTextKept()).toBe(true);
    for (const { body } of clears) app.queue.send(body);
    await app.settle();
    expect(isStored()).toBe(false);
  });

  test.each([
    ['before', diesBefore],
    ['after', diesAfter],
  ])('goes in the end when functions die %s some of their calls', async (_what, fault) => {
    await begin({ maxReceiveCount: 100 });
    await on(app, amy, deleteThread, message.threadId);
    await on(app, bob, deleteMessage, message.id);
    const random = seededRandom(7);
    const faults = () => (random() < 0.3 ? fault : undefined);
    await app.relay({ faults });
    await app.settle({ faults });
    expect(isStored()).toBe(false);
  });

  test('goes of every message of a long thread', async () => {
    for (let sent = 1; sent < 130; sent += 1) {
      await reply(app, sent % 2 === 0 ? amy : bob, message.threadId, { body: `secret ${sent}` });
    }
    const kept = await start(app, amy, cat, { body: 'kept' });
    await on(app, amy, deleteThread, message.threadId);
    await app.settle();
    expect(await textsOf(app, bob, message.threadId)).toHaveLength(130);
    await on(app, bob, deleteThread, message.threadId);
    await app.settle();
    expect(isStored()).toBe(false);
    expect(await on(app, cat, getMessage, kept.id)).toBe(200);
  });
});

describe('what remains of a message', () => {
  test('is the key of its request, for a day and no longer, whatever comes again', async () => {
    await on(app, amy, deleteMessage, message.id);
    await on(app, bob, deleteMessage, message.id);
    await app.relay();
    const waiting = app.queue.messages();
    await app.settle();
    app.clock.advance(dayMs - 1_000);
    app.expire();
    expect(rowOf(message)).toBeDefined();
    for (const { body } of waiting) app.queue.send(body);
    await app.settle();
    app.clock.advance(2_000);
    app.expire();
    expect(rowOf(message)).toBeUndefined();
  });

  test('is no message to anybody', async () => {
    for (const user of [amy, bob]) await on(app, user, deleteThread, message.threadId);
    await app.settle();
    for (const user of [amy, bob, cat]) {
      expect(await on(app, user, getMessage, message.id)).toBe(404);
      expect(await on(app, user, deleteMessage, message.id)).toBe(404);
    }
  });
});
