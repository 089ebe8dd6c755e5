import { expect, test } from '@jest/globals';
import {
  deleteMessage,
  deleteThread,
  messageOf,
  readMessage,
  readThread,
  reply,
  send,
  unreadMessage,
} from '../support/e2e/convos.ts';
import { mailboxOf } from '../support/e2e/mailbox.ts';
import { MailboxModel } from '../support/e2e/mailbox-model.ts';
import { newPeople } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { seededRandom } from '../support/seeded-random.ts';
import type { Random } from '../support/seeded-random.ts';

const steps = 100;
const stepsBetweenLooks = 10;

test.each([1, 2])(
  'whatever three users do, each sees what the contract says (seed %d)',
  async (seed) => {
    const random = seededRandom(seed);
    const people = await newPeople('model', 3);
    const model = new MailboxModel();
    const done: string[] = [];
    for (let step = 1; step <= steps; step += 1) {
      const [who, other] = pairOf(people, random);
      done.push(`${people.indexOf(who)}: ${await act(model, random, who, other)}`);
      if (step % stepsBetweenLooks > 0) continue;
      for (const reader of people) {
        expect({ done, seen: await mailboxOf(reader) }).toEqual({
          done,
          seen: model.mailboxOf(reader.ref),
        });
      }
    }
    for (const reader of people) {
      for (const { id, body } of model.messagesOf(reader.ref)) {
        expect((await messageOf(reader, id)).body).toBe(body);
      }
    }
  },
  180_000,
);

function pairOf(people: readonly Person[], random: Random): [Person, Person] {
  const at = Math.floor(random() * people.length);
  const away = 1 + Math.floor(random() * (people.length - 1));
  const [who, other] = [people[at], people[(at + away) % people.length]];
  if (!who || !other) throw new Error('nobody there');
  return [who, other];
}

/** Does something that is possible, by the API and in the model, and says what. */
async function act(
  model: MailboxModel,
  random: Random,
  who: Person,
  other: Person,
): Promise<string> {
  const one = <T>(of: readonly T[]): T | undefined => of[Math.floor(random() * of.length)];
  const message = one(model.messagesOf(who.ref));
  const thread = one(model.threadsOf(who.ref));
  const kind = random();
  if (message === undefined || thread === undefined || kind < 0.08) {
    model.sent(await send(who, other, { body: textOf(random) }));
    return `sends to ${other.ref}`;
  }
  if (kind < 0.45) {
    model.sent(await reply(who, thread, textOf(random)));
    return `replies in ${thread}`;
  }
  if (kind < 0.65) {
    const isRead = random() < 0.6;
    await (isRead ? readMessage : unreadMessage)(who, message.id);
    model.mark(who.ref, message.id, isRead);
    return `marks ${message.id} ${isRead ? 'read' : 'unread'}`;
  }
  if (kind < 0.75) {
    await readThread(who, message.threadId);
    model.markThread(who.ref, message.threadId);
    return `reads ${message.threadId}`;
  }
  if (kind < 0.95) {
    await deleteMessage(who, message.id);
    model.delete(who.ref, message.id);
    return `deletes ${message.id}`;
  }
  await deleteThread(who, message.threadId);
  model.deleteThread(who.ref, message.threadId);
  return `deletes ${message.threadId}`;
}

function textOf(random: Random): string {
  return 'x🙂'.repeat(1 + Math.floor(random() * 40));
}
