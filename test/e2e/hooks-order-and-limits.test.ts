import { afterAll, expect, test } from '@jest/globals';
import { eventually } from '../support/e2e/eventually.ts';
import {
  allSettled,
  changeHook,
  createHook,
  deleteHooks,
  deliveriesOf,
  failuresOf,
  noRetries,
  publish,
  settled,
} from '../support/e2e/hooks.ts';
import { newPeople, newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { produce } from '../support/e2e/producer.ts';
import { endReceivers, idsOf, newReceiver, posted } from '../support/e2e/receivers.ts';

afterAll(deleteHooks);
afterAll(endReceivers);

/** Each once the one before has reached the endpoint, which is what their order is about. */
async function publishInTurn(who: Person, hook: string, titles: readonly string[]) {
  const ids: string[] = [];
  for (const title of titles) {
    ids.push(await publish(who, { title }));
    await eventually(async () => {
      const reached = (await deliveriesOf(who, hook)).map(({ event }) => event.id);
      expect(reached.toReversed()).toEqual(ids);
    });
  }
  return ids;
}

const ordered = { delivery: { mode: 'each', ordered: true } };

test.concurrent('an ordered endpoint gets its events in their order, behind one that fails', async () => {
  const ann = await newPerson('ordered');
  let isOpen = false;
  const receiver = await newReceiver(() => ({ status: isOpen ? 200 : 500 }));
  const hook = await createHook(ann, receiver.url, {
    ...ordered,
    retry: { retries: 100, retryInterval: 1 },
  });
  const ids = await publishInTurn(ann, hook.id, ['a', 'b', 'c', 'd']);
  const blocked = await deliveriesOf(ann, hook.id);
  expect(blocked.map(({ status }) => status)).toEqual(Array(4).fill('pending'));
  expect(new Set(idsOf(receiver))).toEqual(new Set([ids[0]]));
  isOpen = true;
  await allSettled(ann, hook.id, ['delivered', 'delivered', 'delivered', 'delivered']);
  const order = idsOf(receiver);
  // The head again and again, then the others once each.
  expect(order.slice(-4)).toEqual(ids);
  expect(new Set(order.slice(0, -3))).toEqual(new Set([ids[0]]));
});

test.concurrent('the next one of an ordered endpoint goes on behind one that failed for good', async () => {
  const ann = await newPerson('head');
  let head = '';
  const receiver = await newReceiver(({ headers }) => {
    head ||= headers['webhook-id'] ?? '';
    return { status: headers['webhook-id'] === head ? 500 : 200 };
  });
  const retry = { retries: 2, retryInterval: 2 };
  const hook = await createHook(ann, receiver.url, { ...ordered, retry });
  const ids = await publishInTurn(ann, hook.id, ['a', 'b', 'c']);
  await allSettled(ann, hook.id, ['delivered', 'delivered', 'failed']);
  expect(idsOf(receiver)).toEqual([ids[0], ids[0], ids[0], ids[1], ids[2]]);
  expect(await failuresOf(ann)).toMatchObject([{ event: { id: ids[0] }, tries: 3 }]);
});

test.concurrent('what waits in order is held when the endpoint is disabled', async () => {
  const ann = await newPerson('held');
  const receiver = await newReceiver([{ status: 500 }]);
  const retry = { retries: 100, retryInterval: 1 };
  const hook = await createHook(ann, receiver.url, { ...ordered, retry });
  await publishInTurn(ann, hook.id, ['a', 'b']);
  await posted(receiver, 1);
  await changeHook(ann, hook.id, { enabled: false });
  await allSettled(ann, hook.id, ['held', 'held']);
  receiver.script([{ status: 200 }]);
  await changeHook(ann, hook.id, { enabled: true });
  const after = await publish(ann);
  await allSettled(ann, hook.id, ['delivered', 'held', 'held']);
  expect(idsOf(receiver).at(-1)).toBe(after);
});

test.concurrent('a rate limit spaces posts, and spends no retry on that', async () => {
  const ann = await newPerson('rate');
  const receiver = await newReceiver();
  const perSecond = 2;
  const hook = await createHook(ann, receiver.url, { rateLimit: { perSecond }, retry: noRetries });
  const count = 12;
  const ids = await Promise.all(Array.from({ length: count }, () => publish(ann)));
  const deliveries = await allSettled(ann, hook.id, Array<string>(count).fill('delivered'));
  expect(deliveries.map(({ tries }) => tries)).toEqual(Array(count).fill(1));
  expect(idsOf(receiver).toSorted()).toEqual(ids.toSorted());
  // By the receiver's clock, so that nothing depends on how busy this machine is.
  const times = receiver.posts.map(({ at }) => at).toSorted((a, b) => a - b);
  const spanMs = (times.at(-1) ?? 0) - (times[0] ?? 0);
  // All but the first burst have a slot of their own; timers of the queue are whole seconds.
  expect(spanMs).toBeGreaterThan(((count - perSecond) / perSecond - 1.5) * 1000);
});

test('an endpoint that hangs does not delay another one', async () => {
  const [slow, quick] = await newPeople('circuit', 2);
  const hanging = await newReceiver([{ does: 'hang' }]);
  const good = await newReceiver();
  // Its retries outlast the test, on however slow a machine, so some always hang or wait.
  const retry = { retries: 100, retryInterval: 1 };
  const hung = await createHook(slow, hanging.url, { retry });
  const fine = await createHook(quick, good.url);
  const waiting = 16;
  await produce(Array.from({ length: waiting }, () => ({ audience: [slow.ref] })));
  await posted(hanging, 1);
  const count = 200;
  const ids = await produce(Array.from({ length: count }, () => ({ audience: [quick.ref] })));
  await posted(good, count);
  const left = await deliveriesOf(slow, hung.id, { limit: '100', status: 'pending' });
  expect(left).toHaveLength(waiting);
  expect(idsOf(good).toSorted()).toEqual(ids.toSorted());
  await eventually(async () => {
    const delivered = await deliveriesOf(quick, fine.id, { limit: '100', status: 'delivered' });
    expect(delivered).toHaveLength(count);
  });
  // Without effect on the tests that follow.
  await changeHook(slow, hung.id, { enabled: false });
});

test.concurrent('while the circuit of an endpoint is open it gets but probes, and no retry is spent', async () => {
  const ann = await newPerson('circuit');
  const receiver = await newReceiver([{ does: 'hang' }]);
  const hook = await createHook(ann, receiver.url, { retry: { retries: 9, retryInterval: 1 } });
  const first = await publish(ann);
  // Five time-outs in a row open it.
  await posted(receiver, 5);
  receiver.script([{ status: 200 }]);
  await settled(ann, hook.id, 'delivered');
  const { tries } = (await deliveriesOf(ann, hook.id))[0] ?? { tries: 0 };
  expect(tries).toBe(receiver.posts.length);
  expect(new Set(idsOf(receiver))).toEqual(new Set([first]));
  // A time-out of three seconds, then five in which it stays open; by the receiver's clock.
  const [fifth = 0, probe = 0] = receiver.posts.slice(4).map(({ at }) => at);
  expect(probe - fifth).toBeGreaterThan(7_500);
  // A success closes it.
  const ids = [await publish(ann), await publish(ann)];
  await allSettled(ann, hook.id, ['delivered', 'delivered', 'delivered']);
  expect(idsOf(receiver).slice(tries).toSorted()).toEqual(ids.toSorted());
});
