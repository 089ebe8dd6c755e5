import { expect, test } from '@jest/globals';
import { notify } from '../../../lambdas/timelines/post-action.ts';
import { trim } from '../../../lambdas/timelines/trim.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { settle } from '../../support/in-memory-timelines-delivery.ts';
import { interrupted } from '../../support/in-memory-timelines-moments.ts';
import { amy, bob, cat, dayMs, following, post, read, secondMs, stored } from './acting.ts';

const copiesOf = (ulids: readonly string[]) => ulids.map((ulid) => `copy ${ulid}`);

/** Amy has got so many actions of bob. */
async function received(count: number, keep: number) {
  const app = new TimelinesApp({ settings: { keep } });
  await following(app, [[amy, bob]]);
  const ulids: string[] = [];
  for (let made = 0; made < count; made += 1) ulids.push(await post(app, bob));
  await settle(app);
  return { app, ulids };
}

test('what lies behind the newest that are kept is deleted', async () => {
  const { app, ulids } = await received(5, 3);
  expect(await stored(app, amy)).toEqual(copiesOf(ulids));
  await trim(app.parts(), amy);
  expect(await stored(app, amy)).toEqual(copiesOf(ulids.slice(2)));
});

test('notifications and own actions count, notifications are deleted too, removal marks stay', async () => {
  const { app, ulids } = await received(3, 3);
  const posting = { idempotencyKey: undefined, scope: [] };
  const at = app.clock.now() - dayMs;
  const old = await notify(app.parts(), amy, cat, { verb: 'like', at }, posting);
  await app.privates.markRemoved(amy, ulids[0] ?? '');
  const own = await post(app, amy);
  await trim(app.parts(), amy);
  expect(await stored(app, amy)).toEqual([`removed ${ulids[0]}`, ...copiesOf(ulids.slice(1))]);
  expect(await app.shown(amy)).toEqual([own, ulids[2], ulids[1]]);
  expect(old.ulid < (ulids[0] ?? '')).toBe(true);
});

test('a timeline with less than it may keep loses nothing that an import is bringing', async () => {
  const { app, ulids } = await received(2, 10);
  const at = app.clock.now() - dayMs;
  const old = await post(app, cat, { at });
  await settle(app);
  const privates = interrupted(app.privates, { after: 'head' }, async () => {
    app.clock.advance(secondMs);
    await following(app, [[amy, cat]]);
  });
  await trim({ ...app.parts(), privates }, amy);
  expect(await app.shown(amy)).toEqual([...ulids.toReversed(), old]);
  const late = interrupted(app.privates, { after: 'read' }, async () => {
    const copies = [
      { owner: amy, followId: ulids[0] ?? '', ulid: app.newUlid(at), actor: cat, verb: 'like' },
    ];
    await app.privates.writeCopies(copies);
  });
  await trim({ ...app.parts(), privates: late }, amy);
  expect(await stored(app, amy)).toHaveLength(4);
});

test('a timeline that is read is trimmed once a day', async () => {
  const { app, ulids } = await received(5, 3);
  await read(app, amy);
  await settle(app);
  expect(await stored(app, amy)).toHaveLength(5);
  app.clock.advance(dayMs);
  expect(await read(app, amy)).toEqual(ulids.slice(2).toReversed());
  expect(app.queues.upkeep.messages().map(({ body }) => body)).toEqual([
    JSON.stringify({ kind: 'trim', owner: amy }),
  ]);
  await read(app, amy);
  expect(app.queues.upkeep.messages()).toHaveLength(1);
  await settle(app);
  expect(await stored(app, amy)).toEqual(copiesOf(ulids.slice(2)));
});
