import { expect, test } from '@jest/globals';
import { readTimeline } from '../../../lambdas/timelines/read-timeline.ts';
import { TimelinesApp } from '../../support/in-memory-timelines-app.ts';
import { settle } from '../../support/in-memory-timelines-delivery.ts';
import { amy, bob, dayMs, following, post, read } from './acting.ts';

test('a reader gets its timeline though the daily trim cannot be asked for', async () => {
  const app = new TimelinesApp();
  await following(app, [[amy, bob]]);
  const ulid = await post(app, bob);
  await settle(app);
  await read(app, amy);
  app.clock.advance(2 * dayMs);
  let asked = 0;
  const jobs = {
    send: () => {
      asked += 1;
      return Promise.reject(new Error('the queue is out of reach'));
    },
  };
  const timeline = await readTimeline({ ...app.parts(), jobs }, amy);
  const { items } = await timeline.list({ order: 'desc', filter: {}, limit: 20 });
  expect(items.map((item) => item.ulid)).toEqual([ulid]);
  expect(asked).toBe(1);
});
