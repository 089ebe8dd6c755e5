import { beforeEach, describe, expect, test } from '@jest/globals';
import { boxPrefixes, keys } from '../../../lambdas/convos/contract.ts';
import { deleteThread } from '../../../lambdas/convos/endpoints.ts';
import { ConvosApp } from '../../support/convos-app.ts';
import { amy, bob, on, reply, start, textsOf, threadsOf } from '../../support/convos-people.ts';
import { diesAfter, diesBefore, meanwhile, together } from '../../support/convos-races.ts';
import { contradictions } from '../../support/convo-recount.ts';

let app: ConvosApp;
let threadId: string;
beforeEach(async () => {
  app = new ConvosApp();
  ({ threadId } = await start(app, amy, bob, { body: 'one' }));
  await reply(app, bob, threadId, { body: 'two' });
});

const copiesOf = (user: string) => app.stores.table.rows(keys.box(user), boxPrefixes.copy).length;
const fits = async () => expect(await contradictions(app.stores, [amy, bob])).toEqual([]);
/** The jobs that wait. */
const jobs = () => app.queue.messages().map(({ body }) => body);

test('the copies of a deleted thread go behind it, one side’s only', async () => {
  await on(app, bob, deleteThread, threadId);
  expect([copiesOf(amy), copiesOf(bob)]).toEqual([2, 2]);
  await app.settle();
  expect([copiesOf(amy), copiesOf(bob)]).toEqual([2, 0]);
  await fits();
});

test('what came after the deletion stays, however late and often the copies are removed', async () => {
  await on(app, bob, deleteThread, threadId);
  await app.relay();
  const [clear = ''] = jobs();
  expect(clear).toContain('"kind":"clear"');
  await reply(app, amy, threadId, { body: 'three' });
  for (let times = 1; times <= 3; times += 1) {
    app.queue.send(clear);
    await app.settle();
    expect(await textsOf(app, bob, threadId)).toEqual(['three']);
    expect([copiesOf(amy), copiesOf(bob)]).toEqual([3, 1]);
    await fits();
  }
});

test('a job of an earlier deletion that comes after a later one changes nothing', async () => {
  await on(app, bob, deleteThread, threadId);
  await app.relay();
  const earlier = jobs();
  await app.settle();
  await reply(app, amy, threadId, { body: 'three' });
  await on(app, bob, deleteThread, threadId);
  await app.settle();
  await reply(app, amy, threadId, { body: 'four' });
  for (const body of earlier) app.queue.send(body);
  await app.settle();
  expect(await textsOf(app, bob, threadId)).toEqual(['four']);
  await fits();
});

describe('a thread of many messages', () => {
  beforeEach(async () => {
    for (let sent = 2; sent < 250; sent += 1) await reply(app, amy, threadId);
    await on(app, bob, deleteThread, threadId);
    await app.relay();
  });

  test('is removed page by page in one run', async () => {
    await app.runUpkeep({}, { runs: 1 });
    expect([copiesOf(amy), copiesOf(bob)]).toEqual([250, 0]);
  });

  test('is left to the next run by one that has no time', async () => {
    const slow = meanwhile('removeCopies', async () => app.clock.sleep(31_000));
    await app.runUpkeep(slow, { runs: 1 });
    expect(copiesOf(bob)).toBe(150);
    expect(jobs()).toHaveLength(1);
    await app.settle();
    expect([copiesOf(amy), copiesOf(bob)]).toEqual([250, 0]);
    await fits();
  });

  test.each([
    ['before', diesBefore],
    ['after', diesAfter],
  ])('is removed by the next run when one dies %s its second removal', async (_what, fault) => {
    const faults = (call: { method: string; nth: number }) =>
      call.method === 'removeCopies' && call.nth === 2 ? fault : undefined;
    await app.runUpkeep({ faults }, { runs: 1 });
    expect(copiesOf(bob)).toBeGreaterThan(0);
    await app.settle();
    expect([copiesOf(amy), copiesOf(bob)]).toEqual([250, 0]);
    expect(app.deadLetters.messages()).toEqual([]);
    await fits();
  });
});

test('a thread that is deleted, replied to and deleted again leaves nothing, in any order of jobs', async () => {
  for (let seed = 0; seed < 15; seed += 1) {
    app = new ConvosApp();
    ({ threadId } = await start(app, amy, bob));
    await together(
      app,
      [
        async () => on(app, bob, deleteThread, threadId),
        async () => (await reply(app, amy, threadId)).id.length,
        async () => {
          await app.relay();
          return (await app.runUpkeep({}, { concurrency: 2 })).invocations.length;
        },
        async () => on(app, bob, deleteThread, threadId),
      ],
      seed,
    );
    await app.settle();
    await fits();
    const left = await threadsOf(app, bob);
    expect(copiesOf(bob)).toBe(left[0]?.messageCount ?? 0);
  }
});
