import { describe, expect, test } from '@jest/globals';
import { ConflictError, ValidationError } from '../../../lambdas/shared/errors.ts';
import { erase } from '../../../lambdas/timelines/erase.ts';
import { notify, postAction } from '../../../lambdas/timelines/post-action.ts';
import { faultsAt } from '../../support/faulty.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { settle } from '../../support/in-memory-timelines-delivery.ts';
import { interrupted } from '../../support/in-memory-timelines-moments.ts';
import {
  amy,
  bob,
  cat,
  dayMs,
  erasureOf,
  following,
  minuteMs,
  stored,
  takeBack,
} from './acting.ts';

const like = { verb: 'like', target: 'article:7', data: '{"a":1}' };
const posting = { idempotencyKey: 'key', scope: [bob, 'POST'], self: false };
const notifying = { idempotencyKey: 'key', scope: ['user:root', 'POST'] };

/** Runs both passes of an erasure that begins now. */
async function eraseNow(app: TimelinesApp, ref: string): Promise<void> {
  const job = erasureOf(app, ref);
  for (const pass of [1, 2] as const) await erase(app.parts(), { ...job, pass }, Infinity);
  await settle(app);
}

describe('posting an action', () => {
  test('puts it on both timelines of its actor when it returns', async () => {
    const app = new TimelinesApp();
    const posted = await postAction(app.parts(), bob, like, posting);
    expect(posted).toMatchObject({ actor: bob, ...like, postedAt: app.clock.now() });
    expect(await app.publics.get(bob, posted.ulid)).toEqual({
      ...posted,
      self: false,
      retracted: false,
    });
    expect(await app.shown(bob)).toEqual([posted.ulid]);
  });

  test('twice with the same key posts once, also at the same time', async () => {
    const app = new TimelinesApp();
    const attempts = [1, 2, 3].map(async () => postAction(app.parts(), bob, like, posting));
    const posted = await Promise.all(attempts);
    app.clock.advance(minuteMs);
    posted.push(await postAction(app.parts(), bob, like, posting));
    expect(new Set(posted.map(({ ulid }) => ulid)).size).toBe(1);
    expect(await app.shown(bob)).toHaveLength(1);
    await settle(app);
    expect(app.events).toHaveLength(1);
  });

  test.each(['refused', 'answer lost'] as const)(
    'is finished by a repeat when it died between remembering and writing (%s)',
    async (kind) => {
      const app = new TimelinesApp();
      const fault = { kind, error: new Error('died') };
      const dying = app.parts(faultsAt({ add: { 1: fault } }));
      await expect(postAction(dying, bob, like, posting)).rejects.toThrow('died');
      app.clock.advance(minuteMs);
      const { ulid } = await postAction(app.parts(), bob, like, posting);
      expect(await app.shown(bob)).toEqual([ulid]);
      await settle(app);
      expect(app.events).toHaveLength(1);
    },
  );

  test('is not brought back by a repeat after it was taken back', async () => {
    const app = new TimelinesApp();
    await following(app, [[amy, bob]]);
    const { ulid } = await postAction(app.parts(), bob, like, posting);
    await takeBack(app, bob, ulid);
    await settle(app);
    expect((await postAction(app.parts(), bob, like, posting)).ulid).toBe(ulid);
    await settle(app);
    expect(await app.shown(bob)).toEqual([]);
    expect(await app.shown(amy)).toEqual([]);
  });

  test('with the key of another body is refused, a day later it is not', async () => {
    const app = new TimelinesApp();
    await postAction(app.parts(), bob, like, posting);
    const again = async (change: object) =>
      postAction(app.parts(), bob, { ...like, ...change }, posting);
    await expect(again({ target: 'article:8' })).rejects.toThrow(ConflictError);
    await expect(again({ at: 5 })).rejects.toThrow(ConflictError);
    await expect(postAction(app.parts(), bob, like, { ...posting, self: true })).rejects.toThrow(
      ConflictError,
    );
    app.clock.advance(dayMs);
    await again({ target: 'article:8' });
    expect(await app.shown(bob)).toHaveLength(2);
  });

  test('of the past or the future takes its place by when it happened', async () => {
    const app = new TimelinesApp();
    const at = [5 * minuteMs, -5 * minuteMs, 0].map((offset) => app.clock.now() + offset);
    const ulids: string[] = [];
    for (const one of at) {
      const free = { ...posting, idempotencyKey: undefined };
      ulids.push((await postAction(app.parts(), bob, { verb: 'like', at: one }, free)).ulid);
    }
    expect(await app.shown(bob)).toEqual([ulids[0], ulids[2], ulids[1]]);
  });

  test('with a verb that is not declared is refused and not remembered', async () => {
    const app = new TimelinesApp();
    const sneeze = postAction(app.parts(), bob, { verb: 'sneeze' }, posting);
    await expect(sneeze).rejects.toThrow(ValidationError);
    await postAction(app.parts(), bob, like, posting);
  });
});

describe('a notification', () => {
  test('is on one timeline alone, and an unfollow leaves it there', async () => {
    const app = new TimelinesApp();
    await following(app, [
      [amy, bob],
      [cat, bob],
    ]);
    const { ulid } = await notify(app.parts(), amy, bob, like, notifying);
    await app.unfollow(amy, bob);
    await settle(app);
    expect(await app.shown(amy)).toEqual([ulid]);
    expect(await app.shown(cat)).toEqual([]);
    expect(await app.shown(bob)).toEqual([]);
    expect(app.events).toEqual([]);
  });

  test('that is repeated is there once, and not again after its owner removed it', async () => {
    const app = new TimelinesApp();
    const dying = app.parts(
      faultsAt({ addNote: { 1: { kind: 'refused', error: new Error('died') } } }),
    );
    await expect(notify(dying, amy, bob, like, notifying)).rejects.toThrow('died');
    const { ulid } = await notify(app.parts(), amy, bob, like, notifying);
    await notify(app.parts(), amy, bob, like, notifying);
    expect(await app.shown(amy)).toEqual([ulid]);
    await app.privates.markRemoved(amy, ulid);
    await notify(app.parts(), amy, bob, like, notifying);
    expect(await app.shown(amy)).toEqual([]);
    await expect(notify(app.parts(), cat, bob, like, notifying)).rejects.toThrow(ConflictError);
  });
});

describe('a repeat after an erasure', () => {
  test.each([
    ['its owner', amy],
    ['the one it names', bob],
  ])('of %s brings no notification back', async (_who, erased) => {
    const app = new TimelinesApp();
    const { ulid } = await notify(app.parts(), amy, bob, like, notifying);
    await app.privates.markRemoved(amy, ulid);
    await eraseNow(app, erased);
    expect((await notify(app.parts(), amy, bob, like, notifying)).ulid).toBe(ulid);
    expect(await stored(app, amy)).toEqual(erased === amy ? [] : [`removed ${ulid}`]);
  });

  test('is told apart while the erasure still runs', async () => {
    const app = new TimelinesApp();
    await notify(app.parts(), amy, bob, like, notifying);
    const repeat = async () => notify(app.parts(), amy, bob, like, notifying);
    const privates = interrupted(app.privates, { after: 'deleteNotesPostedBy' }, repeat);
    await erase({ ...app.parts(), privates }, erasureOf(app, bob), Infinity);
    expect(await stored(app, amy)).toEqual([]);
  });

  test('does not finish an action that a first request left undone', async () => {
    const app = new TimelinesApp();
    const dying = app.parts(
      faultsAt({ add: { 1: { kind: 'refused', error: new Error('died') } } }),
    );
    await expect(postAction(dying, bob, like, posting)).rejects.toThrow('died');
    await eraseNow(app, bob);
    await postAction(app.parts(), bob, like, posting);
    expect(await app.shown(bob)).toEqual([]);
  });

  test('of somebody else, or one that is younger than the erasure, finishes what was left undone', async () => {
    const app = new TimelinesApp();
    await eraseNow(app, amy);
    await eraseNow(app, cat);
    const fault = { kind: 'refused', error: new Error('died') } as const;
    const dying = app.parts(faultsAt({ addNote: { 1: fault } }));
    await expect(notify(dying, amy, bob, like, notifying)).rejects.toThrow('died');
    app.clock.advance(minuteMs);
    await eraseNow(app, cat);
    const { ulid } = await notify(app.parts(), amy, bob, like, notifying);
    expect(await app.shown(amy)).toEqual([ulid]);
  });

  test('is meant, not a first request, though the erasure’s clock was ahead', async () => {
    const app = new TimelinesApp();
    await app.progress.addErased(bob, app.newUlid(app.clock.now() + minuteMs), 0, false);
    const { ulid } = await postAction(app.parts(), bob, like, posting);
    expect(await app.shown(bob)).toEqual([ulid]);
  });
});
