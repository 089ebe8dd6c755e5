import { describe, expect, test } from '@jest/globals';
import { keys } from '../../../lambdas/convos/contract.ts';
import { copyOf, sideOf, sideRow } from '../../../lambdas/convos/convo-rows.ts';
import { nonceOf } from '../../../lambdas/convos/message.ts';
import { withAllRead } from '../../../lambdas/convos/thread-side.ts';
import { contradictions } from '../../support/convo-recount.ts';
import {
  copyFor,
  freshUser,
  replyOf,
  startMs,
  startThread,
  storedSide,
  ulidAt,
  writeOf,
} from '../../support/convo-writes.ts';
import type { StreamChange } from '../../support/dynamodb-stream-record.ts';
import { inMemoryConvos } from '../../support/in-memory-convos.ts';

type Change = Omit<StreamChange, 'atMs'>;

/** Time that passes when it is told to. */
function heldTime() {
  const waiting: (() => void)[] = [];
  return {
    inFlight: async () => {
      await new Promise<void>((resume) => {
        waiting.push(resume);
      });
    },
    pass: () => {
      for (const resume of waiting.splice(0)) resume();
    },
  };
}

describe('convos in memory', () => {
  test('a transaction that meets another one at an item is busy and writes nothing', async () => {
    const { inFlight, pass } = heldTime();
    const { store } = inMemoryConvos({ inFlight });
    const recipient = freshUser();
    const [first, second] = [1, 2].map(() => writeOf({ sender: freshUser(), recipient }));
    const apart = writeOf({ sender: freshUser(), recipient: freshUser() });
    if (!first || !second) throw new Error('there are two');
    const sending = [store.send(first), store.send(second), store.send(apart)];
    pass();
    expect(await Promise.all(sending)).toEqual(['sent', 'busy', 'sent']);
    expect((await store.state(recipient)).unread).toBe(1);
    const again = store.send(second);
    pass();
    expect(await again).toBe('sent');
    expect((await store.state(recipient)).unread).toBe(2);
  });

  test('what is busy by order tells a false condition first', async () => {
    const busy = [false, true, true, true, true];
    const { store, blocks } = inMemoryConvos({ busy: () => busy.shift() ?? false });
    const { write, sender, recipient } = await startThread(store);
    expect(await store.send(write)).toBe('taken');
    const next = writeOf({ sender, recipient });
    expect(await store.send(next)).toBe('busy');
    const before = await storedSide(store, recipient, write.message.thread);
    const own = { side: { before, after: withAllRead(before, startMs) } };
    expect(await store.changeOwn(own)).toBe('busy');
    const block = { blocker: sender, blocked: recipient, ulid: ulidAt(0) };
    expect(await blocks.add(block)).toBe('busy');
    expect(await store.send(next)).toBe('sent');
  });

  test('the stream tells of each change once, with the rows before and after it', async () => {
    const changes: Change[] = [];
    const { store, upkeep } = inMemoryConvos({ onChange: (change) => changes.push(change) });
    const { write, thread, sender, recipient } = await startThread(store);
    const written = changes.splice(0).map((change) => change.keys);
    expect(written).toHaveLength(6);
    for (const key of [
      keys.message(nonceOf(thread)),
      keys.side(sender, thread),
      keys.side(recipient, thread),
      keys.copy(sender, thread, thread),
      keys.copy(recipient, thread, thread),
      keys.state(recipient),
    ]) {
      expect(written).toContainEqual(key);
    }

    const before = await storedSide(store, recipient, thread);
    const after = withAllRead(before, startMs);
    await store.changeOwn({ side: { before, after } });
    const side = changes.find(({ keys: { sk } }) => sk === sideRow(after)['sk']);
    expect([sideOf(side?.before ?? {}), sideOf(side?.after ?? {})]).toEqual([before, after]);
    changes.length = 0;

    const copy = copyFor(write, recipient);
    await upkeep.removeCopies([copy]);
    await upkeep.removeCopies([copy]);
    expect(changes).toHaveLength(1);
    expect(copyOf(changes[0]?.before ?? {})).toEqual(copy);
    expect(changes[0]?.after).toBeUndefined();
  });

  test('folders can lag behind', async () => {
    const { store } = inMemoryConvos();
    const { thread, sender, recipient } = await startThread(store);
    const shown = async () => store.folder(recipient, 'inbox', { limit: 5 });
    const before = await shown();
    store.holdFolders();
    await store.send(await replyOf(store, { thread, sender, recipient }));
    expect(await shown()).toEqual(before);
    store.releaseFolders();
    expect((await shown()).map(({ received }) => received)).toEqual([2]);
  });
});

/** Two users with a message that fits together. */
async function opened() {
  const convos = inMemoryConvos();
  const started = await startThread(convos.store);
  const users = [started.sender, started.recipient];
  expect(await contradictions(convos, users)).toEqual([]);
  return { convos, ...started, users };
}

describe('a recount of mailboxes', () => {
  test.each([
    ['a state that counts otherwise', 'state of', { unread: 7 }, 'STATE'],
    ['a side that counts otherwise', 'side ', { received: 2 }, 'T#'],
    ['a last message that only one side knows', 'last of', { last: ulidAt(900) }, 'T#'],
  ])('finds %s', async (_what, named, wrong, kind) => {
    const { convos, thread, recipient, users } = await opened();
    const key = kind === 'T#' ? keys.side(recipient, thread) : keys.state(recipient);
    convos.table.change({ key, change: (row) => ({ ...row, ...wrong }) });
    const found = await contradictions(convos, users);
    expect(found.filter((line) => line.startsWith(named))).not.toEqual([]);
  });

  test('finds a message whose text is gone', async () => {
    const { convos, thread, users } = await opened();
    await convos.upkeep.removeMessage(thread, startMs, startMs + 1000);
    const found = await contradictions(convos, users);
    expect(found.filter((line) => line.startsWith('text of'))).toHaveLength(2);
  });

  test('finds a copy that was removed without being counted', async () => {
    const { convos, thread, recipient, users } = await opened();
    await convos.upkeep.removeCopies([{ owner: recipient, thread, ulid: thread }]);
    expect(await contradictions(convos, users)).toHaveLength(1);
  });

  test('finds folders that lag behind', async () => {
    const { convos, thread, sender, recipient, users } = await opened();
    convos.store.holdFolders();
    await convos.store.send(await replyOf(convos.store, { thread, sender, recipient }));
    const found = await contradictions(convos, users);
    expect(found.map((line) => line.split(' ')[0])).toEqual(['outbox', 'inbox']);
  });
});
