import { expect, test } from '@jest/globals';
import { followsApi } from '../../support/follows-api.ts';

test('an erasure is for admin, begins with 202 and shows its progress', async () => {
  const { amy, admin, store, clock } = followsApi();
  const url = '/v1/resources/user:amy';
  expect((await amy({ method: 'DELETE', url })).status).toBe(403);
  expect((await amy({ method: 'GET', url: `${url}/erasure` })).status).toBe(403);
  expect((await admin({ method: 'GET', url: `${url}/erasure` })).status).toBe(404);
  const started = { state: 'running', startedAt: '2026-11-21T10:30:00.000Z' };
  expect(await admin({ method: 'DELETE', url })).toMatchObject({ status: 202, body: started });
  clock.advance(1_000);
  expect(await admin({ method: 'DELETE', url })).toMatchObject({ status: 202, body: started });

  const erasure = await store.erasure('user:amy');
  if (!erasure) throw new Error('no erasure was kept');
  await store.raise(erasure, 'timelines', { removed: 12, done: true });
  await store.finish(erasure, clock.now());
  expect(await admin({ method: 'GET', url: `${url}/erasure` })).toMatchObject({
    status: 200,
    body: {
      state: 'done',
      startedAt: '2026-11-21T10:30:00.000Z',
      finishedAt: '2026-11-21T10:30:01.000Z',
      removed: { edges: 0, actions: 12, messages: 0 },
    },
  });
});
