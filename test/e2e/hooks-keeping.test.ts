import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { localPaths } from '../../scripts/local/paths.ts';
import { call } from '../support/e2e/api.ts';
import { bringForward } from '../support/e2e/bring-forward.ts';
import { erase } from '../support/e2e/erasure.ts';
import { eventually, throughout } from '../support/e2e/eventually.ts';
import { functionLogGroups, linesOf } from '../support/e2e/function-logs.ts';
import {
  changeHook,
  createHook,
  deleteHooks,
  deliveriesOf,
  deliveryOf,
  failuresCounting,
  failuresOf,
  hookOf,
  noRetries,
  ping,
  publish,
  publishing,
  rotateSecret,
  settled,
  storedOf,
} from '../support/e2e/hooks.ts';
import { killSender } from '../support/e2e/kill-sender.ts';
import { admin, newPeople, newPerson } from '../support/e2e/people.ts';
import { endReceivers, idsOf, newReceiver, posted } from '../support/e2e/receivers.ts';
import { withVisibilityTimeout } from '../support/e2e/stack-queue.ts';
import { walk } from '../support/e2e/walk.ts';

/** Far beyond the minute after which the schedule looks again. */
const scheduleMs = 150_000;

afterAll(deleteHooks);
afterAll(endReceivers);

test.concurrent('erasing a user removes its endpoints and all that went to them, and nobody else’s', async () => {
  const operator = await admin();
  const [ann, bob] = await newPeople('erase', 2);
  const receiver = await newReceiver(({ path }) => ({ status: path === '/broken' ? 500 : 200 }));
  const good = await createHook(ann, `${receiver.url}/good`);
  const broken = await createHook(ann, `${receiver.url}/broken`, { retry: noRetries });
  const batch = await createHook(ann, `${receiver.url}/batch`, {
    delivery: { mode: 'batch', size: 9 },
  });
  const bobs = await createHook(bob, `${receiver.url}/broken`, { retry: noRetries });
  await publishing([ann, bob]);
  const { id: delivered } = await settled(ann, good.id, 'delivered');
  const [failed] = await failuresCounting(ann, 1);
  const [left] = await failuresCounting(bob, 1);
  await eventually(async () => expect(await storedOf(ann)).toHaveLength(1));
  const [stored] = await storedOf(ann);

  await erase(ann.ref);
  expect(await walk(ann, '/hooks')).toEqual([]);
  for (const { id } of [good, broken, batch]) {
    for (const who of [ann, operator]) {
      expect((await call(who, 'GET', `/hooks/${id}`)).status).toBe(404);
      expect((await call(who, 'GET', `/hooks/${id}/deliveries`)).status).toBe(404);
    }
  }
  for (const id of [delivered, failed?.id ?? '', stored?.id ?? '']) {
    expect((await call(operator, 'GET', `/deliveries/${id}`)).status).toBe(404);
  }
  expect(await failuresOf(ann)).toEqual([]);
  expect(await failuresOf(operator, { owner: ann.ref })).toEqual([]);
  expect(await storedOf(ann)).toEqual([]);

  expect(await hookOf(bob, bobs.id)).toMatchObject({ enabled: true });
  expect(await failuresOf(bob)).toEqual([left]);

  // What happens later goes to those who are left, and to what the user makes anew.
  const posts = receiver.posts.length;
  const anew = await createHook(ann, `${receiver.url}/anew`);
  await publishing([ann, bob]);
  await settled(ann, anew.id, 'delivered');
  await failuresCounting(bob, 2);
  await throughout(async () => {
    const paths = receiver.posts.slice(posts).map(({ path }) => path);
    expect(paths.toSorted()).toEqual(['/anew', '/broken']);
    return Promise.resolve();
  });
});

test.concurrent('a retry that is too far ahead for a queue comes by the look for what is due', async () => {
  const ann = await newPerson('due');
  const receiver = await newReceiver([{ status: 500 }]);
  const hook = await createHook(ann, receiver.url, { retry: { retries: 1, retryInterval: 3_600 } });
  const id = await publish(ann);
  await posted(receiver, 1);
  await eventually(async () => {
    expect(await deliveriesOf(ann, hook.id)).toMatchObject([{ status: 'pending', tries: 1 }]);
  });
  const [delivery] = await deliveriesOf(ann, hook.id);
  const aheadMs = Date.parse(delivery?.nextAttemptAt ?? '') - Date.now();
  expect(aheadMs).toBeGreaterThan(3_000_000);
  receiver.script([{ status: 200 }]);
  await bringForward(delivery?.id ?? '');
  await eventually(async () => {
    expect(await deliveriesOf(ann, hook.id)).toMatchObject([{ status: 'delivered', tries: 2 }]);
  }, scheduleMs);
  expect(idsOf(receiver)).toEqual([id, id]);
}, 180_000);

test.concurrent('no secret is in any answer but the one that shows it, nor in any log', async () => {
  const operator = await admin();
  const ann = await newPerson('secret');
  const receiver = await newReceiver([{ status: 500 }]);
  const hook = await createHook(ann, receiver.url, { retry: noRetries });
  const secrets = [hook.secret, await rotateSecret(ann, hook.id)];
  await publish(ann);
  const [failure] = await failuresCounting(ann, 1);
  await ping(ann, hook.id);
  await failuresCounting(ann, 2);
  const shown = [
    await changeHook(ann, hook.id, { description: 'x' }),
    await hookOf(ann, hook.id),
    await hookOf(operator, hook.id),
    await walk(ann, '/hooks'),
    await walk(operator, '/hooks', { limit: '100' }),
    await deliveriesOf(ann, hook.id),
    await deliveryOf(ann, failure?.id ?? ''),
    await failuresOf(ann),
  ];
  expect(JSON.stringify(shown)).not.toContain('whsec_');

  const lines: string[] = [];
  await eventually(async () => {
    const groups = await functionLogGroups();
    lines.splice(0, Infinity, ...(await Promise.all(groups.map(linesOf))).flat());
    // The functions did write, a moment after their work: otherwise nothing would be shown here.
    expect(lines.some((line) => line.includes(hook.id.replace('hook_', '')))).toBe(true);
  });
  const folder = localPaths().logDirectory;
  for (const name of await readdir(folder)) lines.push(await readFile(join(folder, name), 'utf8'));
  for (const secret of secrets) {
    const bare = secret.replace('whsec_', '');
    expect(lines.filter((line) => line.includes(bare))).toEqual([]);
  }
});

test.each([
  ['post', { mode: 'each' }, /PostJobsQueue/u],
  ['post in order', { mode: 'each', ordered: true }, /LaneJobsQueue/u],
  ['batch', { mode: 'batch', size: 1 }, /LaneJobsQueue/u],
])(
  'when a worker dies while a receiver has its %s, that comes again with the same id',
  async (_what, delivery, queue) => {
    const ann = await newPerson('restart');
    const receiver = await newReceiver([{ does: 'hang' }]);
    const retry = { retries: 1, retryInterval: 300 };
    const hook = await createHook(ann, receiver.url, { delivery, retry });
    await withVisibilityTimeout(queue, 7, async () => {
      const id = await publish(ann);
      await posted(receiver, 1);
      receiver.script([{ status: 200 }]);
      await killSender(receiver.port);
      // It died before it could tell of its try, so this is the first one on record, and no retry.
      const { tries, event } = await settled(ann, hook.id, 'delivered');
      expect([tries, event.id]).toEqual([1, id]);
      const [first, second, ...others] = receiver.posts;
      expect(others).toEqual([]);
      expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
      expect(second?.body).toBe(first?.body);
    });
  },
);
