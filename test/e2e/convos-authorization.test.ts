import { beforeAll, describe, expect, test } from '@jest/globals';
import { mintToken } from '../../scripts/local/token.ts';
import { call } from '../support/e2e/api.ts';
import { block, blocksOf, reply, send, threadIds, unreadOf } from '../support/e2e/convos.ts';
import { mailboxOf } from '../support/e2e/mailbox.ts';
import { expectedOperations, pathOf, referencesOf } from '../support/e2e/operations.ts';
import type { ExpectedOperation, Objects } from '../support/e2e/operations.ts';
import { admin, newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';

/** Ann and Bob write to each other; everybody else has nothing to do with it. */
let ann: Person;
let bob: Person;
/** Each with why it might be let in. */
let others: Readonly<Record<string, Person>>;
/** Every message of theirs with its thread. */
const objects: Required<Pick<Objects, 'message' | 'thread'>>[] = [];
/** Operations on a message or thread, from the served document. */
let onObjects: ExpectedOperation[];

beforeAll(async () => {
  [ann, bob] = await newPeople('object', 2);
  const [stranger, writesToBoth, blockedByAnn] = await newPeople('other', 3);
  const first = await send(ann, bob, { subject: 'Private' });
  const messages = [first, await reply(bob, first.threadId), await send(bob, ann)];
  for (const { id, threadId } of messages) objects.push({ message: id, thread: threadId });
  for (const to of [ann, bob]) await send(writesToBoth, to);
  await block(ann, blockedByAnn);
  others = {
    stranger,
    'one who writes to both of them': writesToBoth,
    'one who is blocked': blockedByAnn,
    admin: await admin(),
  };
  onObjects = (await expectedOperations()).filter(({ policy }) => policy === 'participants');
});

/** All that Ann and Bob can see. */
async function everything() {
  return {
    ann: await mailboxOf(ann),
    bob: await mailboxOf(bob),
    blocks: [await blocksOf(ann), await blocksOf(bob)],
  };
}

async function ask(who: Person | undefined, operation: ExpectedOperation, path: string) {
  const { body } = operation;
  return call(who, operation.method, path, body === undefined ? {} : { body });
}

/** What an answer says, without what is different each time. */
function said({ status, body }: { status: number; body: Record<string, unknown> }) {
  return { status, body: { ...body, instance: undefined } };
}

test('the document has operations on messages and on threads, and each names its object', () => {
  const named = onObjects.map(({ object }) => object);
  expect(named).toContain('message');
  expect(named).toContain('thread');
  expect(named).not.toContain(undefined);
  for (const { path } of onObjects) expect(path).toMatch(/^\/v1\/(?:messages|threads)\/\{id\}/u);
});

test('every operation on private messages is one for participants, or of the caller’s own', async () => {
  for (const { operationId, path, policy, object } of await expectedOperations()) {
    if (!/^\/v1\/(?:messages|threads|convos)(?:\/|$)/u.test(path)) continue;
    const isOnObject = path.includes('{id}');
    expect([operationId, policy, object !== undefined]).toEqual([
      operationId,
      isOnObject ? 'participants' : 'anyone',
      isOnObject,
    ]);
  }
});

describe.each(['stranger', 'one who writes to both of them', 'one who is blocked', 'admin'])(
  '%s',
  (name) => {
    test('is told of every message and thread what is told of none, whatever the call', async () => {
      const who = others[name];
      const before = await everything();
      for (const operation of onObjects) {
        const none = said(await ask(who, operation, pathOf(operation, {})));
        expect(none.status).toBe(404);
        for (const object of objects) {
          const answer = await ask(who, operation, pathOf(operation, {}, object));
          expect([operation.operationId, said(answer)]).toEqual([operation.operationId, none]);
        }
      }
      expect(await everything()).toEqual(before);
    });

    test('is told so in any folder, and with an Idempotency-Key of one who may', async () => {
      const who = others[name];
      for (const { thread } of objects) {
        for (const folder of ['inbox', 'outbox']) {
          const answer = await call(who, 'GET', `/threads/${thread}`, { query: { folder } });
          expect(answer.status).toBe(404);
        }
        const headers = { 'idempotency-key': 'shared' };
        const options = { body: { body: 'Hello.' }, headers };
        const path = `/threads/${thread}/messages`;
        expect((await call(ann, 'POST', path, options)).status).toBe(201);
        expect((await call(who, 'POST', path, options)).status).toBe(404);
      }
    });

    test('does nothing to another’s blocks by blocking the same or lifting it', async () => {
      const who = others[name] ?? ann;
      const blocked = await newPerson('blocked');
      await block(ann, blocked);
      const before = await blocksOf(ann);
      const onBlocks = (await expectedOperations()).filter(({ path }) =>
        path.startsWith('/v1/convos/blocks/'),
      );
      expect(onBlocks.map(({ method }) => method).toSorted()).toEqual(['DELETE', 'GET', 'PUT']);
      for (const method of ['GET', 'DELETE', 'PUT', 'DELETE']) {
        const operation = onBlocks.find((one) => one.method === method);
        if (!operation) throw new Error(`no ${method}`);
        const [parameter = ''] = referencesOf(operation);
        for (const { ref } of before) {
          if (ref === who.ref) continue;
          const answer = await ask(who, operation, pathOf(operation, { [parameter]: ref }));
          expect([method, answer.status]).toEqual([method, operation.status]);
        }
        expect(await blocksOf(ann)).toEqual(before);
      }
      expect((await blocksOf(who)).map(({ ref }) => ref)).not.toContain(blocked.ref);
    });
  },
);

test('nobody gets anywhere without a token', async () => {
  const before = await everything();
  for (const operation of onObjects) {
    for (const object of objects) {
      const answer = await ask(undefined, operation, pathOf(operation, {}, object));
      expect([operation.operationId, answer.status]).toEqual([operation.operationId, 401]);
    }
  }
  expect(await everything()).toEqual(before);
});

test('a stranger has nothing of it in any list or count', async () => {
  const { stranger } = others;
  if (!stranger) throw new Error('no stranger');
  for (const folder of [undefined, 'inbox', 'outbox']) {
    expect(await threadIds(stranger, { folder })).toEqual([]);
  }
  expect(await unreadOf(stranger)).toEqual({ count: 0, threads: 0 });
  expect(await blocksOf(stranger)).toEqual([]);
});

test('a token of the same id in another case, or with more behind it, is a stranger', async () => {
  for (const sub of [ann.sub.toUpperCase(), `${ann.sub}#`, `${ann.sub}0`, ann.sub.slice(0, -1)]) {
    const token = await mintToken({ sub });
    for (const { message, thread } of objects) {
      for (const path of [`/messages/${message}`, `/threads/${thread}`]) {
        const { status } = await call({ token }, 'GET', path);
        // An id with a character that none has owns nothing at all.
        expect([sub, status]).toEqual([sub, sub.endsWith('#') ? 403 : 404]);
      }
    }
  }
});
