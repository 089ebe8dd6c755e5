import { expect, test } from '@jest/globals';
import { isSkipped, noteRead } from '../../../lambdas/timelines/activity.ts';
import { firstUlidAt } from '../../../lambdas/shared/identifier.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { amy, bob, dayMs, following, minuteMs } from './acting.ts';

const nowMs = 100 * dayMs;
const hourMs = 60 * minuteMs;
const limitMs = 21 * dayMs + hourMs;

test('fan-out skips by the last read, or else by when the follow began', () => {
  const newFollow = firstUlidAt(nowMs);
  const oldFollow = firstUlidAt(0);
  expect(isSkipped(nowMs - limitMs, newFollow, nowMs)).toBe(false);
  expect(isSkipped(nowMs - limitMs - 1, newFollow, nowMs)).toBe(true);
  expect(isSkipped(undefined, newFollow, nowMs)).toBe(false);
  expect(isSkipped(undefined, oldFollow, nowMs)).toBe(true);
  expect(isSkipped(nowMs, oldFollow, nowMs)).toBe(false);
});

/** Notes a read of amy, who last read that long ago and has followed bob for 200 days. */
async function noted(lastReadAgoMs: number | undefined, rebuildOwed = false) {
  const app = new TimelinesApp();
  await following(app, [[amy, bob]]);
  app.clock.advance(200 * dayMs);
  const { now } = app.clock;
  if (lastReadAgoMs !== undefined)
    await app.privates.touch(amy, now() - lastReadAgoMs, rebuildOwed);
  const result = await noteRead(app.parts(), amy, await app.privates.head(amy));
  return { ...result, head: await app.privates.head(amy), nowMs: now() };
}

test('a read is noted once a day', async () => {
  expect(await noted(dayMs - 1)).toMatchObject({ duty: 'none', touched: false });
  const touched = await noted(dayMs);
  expect(touched).toMatchObject({ duty: 'none', touched: true });
  expect(touched.head).toMatchObject({ lastReadAt: touched.nowMs, rebuildOwed: false });
});

test('who may have been skipped owes a rebuild, an hour before fan-out would skip', async () => {
  expect(await noted(21 * dayMs)).toMatchObject({ duty: 'none' });
  const away = await noted(21 * dayMs + 1);
  expect(away).toMatchObject({ duty: 'rebuild', touched: true });
  expect(away.head).toMatchObject({ lastReadAt: away.nowMs, rebuildOwed: true });
  expect(await noted(undefined)).toMatchObject({ duty: 'rebuild', touched: true });
});

test('a rebuild that is owed stays so at later reads', async () => {
  expect(await noted(minuteMs, true)).toMatchObject({ duty: 'rebuild', touched: false });
  expect(await noted(2 * dayMs, true)).toMatchObject({ duty: 'rebuild', touched: true });
});

test('who follows nobody and never read has nothing to rebuild', async () => {
  const app = new TimelinesApp();
  app.clock.advance(200 * dayMs);
  const head = await app.privates.head(amy);
  expect(await noteRead(app.parts(), amy, head)).toEqual({ duty: 'none', touched: true });
});
