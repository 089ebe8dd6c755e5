import { beforeEach, describe, expect, test } from '@jest/globals';
import { hookId } from '../../../lambdas/webhooks/hook.ts';
import { rfc3339 } from '../../../lambdas/shared/identifier.ts';
import { DeliveriesApp, idsOf, startMs } from './deliveries-app.ts';

let app: DeliveriesApp;
beforeEach(() => {
  app = new DeliveriesApp();
});

const url = '/v1/hooks/failures';
const admin = { sub: 'root', admin: true };
const retry = (body: unknown, more = {}) =>
  app.call({ method: 'POST', url: `${url}/retry`, body, ...more });
const remove = (query: string, more = {}) =>
  app.call({ method: 'DELETE', url: `${url}?${query}`, ...more });

async function three() {
  const hook = await app.hook({ events: ['message.*'] });
  const moved = await app.hook({ target: 'https://moved.example/' });
  return {
    hook,
    answered: await app.failure(hook),
    silent: await app.failure(hook, { lastStatus: null, failedAt: startMs - 1000 }),
    elsewhere: await app.failure(moved, { target: 'https://before.example/' }),
  };
}

describe('failures', () => {
  test('are listed newest first, with validity and last status, page after page', async () => {
    const { answered, silent, elsewhere } = await three();
    await app.delivery(await app.hook(), { status: 'delivered' });
    const { items, pages } = await app.walk(`${url}?limit=1`);
    expect(pages).toBe(3);
    expect(items.map(({ id }) => id)).toEqual(idsOf([elsewhere, silent, answered]));
    expect(items.map(({ valid, lastStatus }) => ({ valid, lastStatus }))).toEqual([
      { valid: false, lastStatus: 500 },
      { valid: true, lastStatus: null },
      { valid: true, lastStatus: 500 },
    ]);
  });

  test('are found by each filter, and by filters together', async () => {
    const { hook, answered, silent, elsewhere } = await three();
    const other = await app.failure(hook, { event: { type: 'follow.created' } });
    const found = async (query: string) =>
      (await app.walk(`${url}?${query}`)).items.map(({ id }) => id).toReversed();
    expect(await found(`hook=${hookId(hook.ulid)}`)).toEqual(idsOf([answered, silent, other]));
    expect(await found('hook=hook_7')).toEqual([]);
    expect(await found('event=follow.created')).toEqual(idsOf([other]));
    expect(await found('target=https://before.example/')).toEqual(idsOf([elsewhere]));
    expect(await found('owner=user:amy&status=none')).toEqual(idsOf([silent]));
    expect(await found('status=500&valid=true')).toEqual(idsOf([answered]));
    expect(await found('valid=false')).toEqual(idsOf([elsewhere, other]));
    const before = rfc3339(startMs - 1000);
    expect(await found(`failedBefore=${before}`)).toEqual(idsOf([answered, elsewhere, other]));
  });

  test('are invalid once their endpoint is deleted; a ping never is for its type', async () => {
    const hook = await app.hook({ events: ['follow.*'] });
    await app.failure(hook, { event: { type: 'ping' } });
    const validity = async () => (await app.walk(url)).items.map(({ valid }) => valid);
    expect(await validity()).toEqual([true]);
    await app.hooks.remove((await app.hooks.read(hook.ulid)) ?? hook);
    expect(await validity()).toEqual([false]);
  });

  test('are one’s own; admin’s are everybody’s, the installation’s too', async () => {
    const bobs = await app.failure(await app.hook({ owner: 'user:bob' }));
    const nobodys = await app.failure(await app.hook({ owner: null }));
    const mine = await app.failure(await app.hook());
    const seen = async (query: string, more = {}) =>
      (await app.walk(`${url}${query}`, more)).items.map(({ id }) => id);
    expect(await seen('')).toEqual(idsOf([mine]));
    expect(await seen('', admin)).toEqual(idsOf([mine, nobodys, bobs]));
    expect(await seen('?owner=user:bob', admin)).toEqual(idsOf([bobs]));
    const others = '?owner=user:bob';
    const asked = await Promise.all([
      app.call({ method: 'GET', url: url + others }),
      retry({ owner: 'user:bob' }),
      remove('owner=user:bob'),
    ]);
    expect(asked.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});

describe('a retry', () => {
  test('takes the valid ones whose endpoint is enabled, each for one try', async () => {
    const { hook, answered, silent } = await three();
    const off = await app.hook({ enabled: false, disabledReason: 'failing', epoch: 1 });
    const disabled = await app.failure(off);
    expect(await retry({ all: true })).toMatchObject({
      status: 202,
      body: { accepted: 2, more: false },
    });
    expect(app.postJobs).toEqual(
      [silent, answered].map(({ ulid }) => ({
        kind: 'post',
        hook: hook.ulid,
        delivery: ulid,
        tries: 8,
        single: true,
      })),
    );
    const taken = await app.deliveries.read(answered.ulid);
    expect(taken).toMatchObject({ status: 'pending', step: 7, epoch: 0, turn: { single: true } });
    expect(taken).not.toHaveProperty('lastStatus');
    expect(await app.deliveries.read(disabled.ulid)).toMatchObject({ status: 'failed' });
  });

  test('leaves the row due, so that a death before its job is sent loses nothing', async () => {
    const { answered } = await three();
    await retry({ ids: idsOf([answered]) });
    // Not before its job has had its time: there would be two.
    expect(await app.deliveries.dueUntil(startMs + 89_999, 10)).toEqual([]);
    expect(await app.deliveries.dueUntil(startMs + 150_000, 10)).toMatchObject([
      { delivery: answered.ulid, tries: 8, single: true },
    ]);
  });

  test('goes with the endpoint as it is now, disabled and enabled again meanwhile', async () => {
    const hook = await app.hook({ epoch: 4 });
    const { ulid } = await app.failure(hook, { epoch: 2 });
    expect(await retry({ hook: hookId(hook.ulid) })).toMatchObject({ body: { accepted: 1 } });
    expect(await app.deliveries.read(ulid)).toMatchObject({ epoch: 4 });
  });

  test('takes each failure once, however many ask at the same time', async () => {
    const { answered, silent } = await three();
    const answers = await Promise.all([
      retry({ all: true }),
      retry({ ids: idsOf([silent, answered, silent]) }),
      retry({ status: 500 }),
    ]);
    const accepted = answers.map(({ body }) => (body as { accepted: number }).accepted);
    expect(accepted.reduce((sum, each) => sum + each)).toBe(2);
    expect(app.postJobs).toHaveLength(2);
  });

  test('by ids takes no unknown ones, no others’ and none that are no failures', async () => {
    const bobs = await app.failure(await app.hook({ owner: 'user:bob' }));
    const done = await app.delivery(await app.hook(), { status: 'delivered' });
    const ids = [...idsOf([bobs, done]), 'del_01KAJ0M9Y8N3V5T7W9X1Z2B4C6', 'nonsense'];
    expect(await retry({ ids })).toMatchObject({ status: 202, body: { accepted: 0, more: false } });
    expect(await retry({ ids }, admin)).toMatchObject({ body: { accepted: 1 } });
  });

  test('takes a thousand a call, and says whether there are more that it could take', async () => {
    const hook = await app.hook();
    for (let nth = 0; nth < 1_001; nth += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other in time
      await app.failure(hook);
    }
    await app.failure(hook, { target: 'https://before.example/' });
    expect(await retry({ all: true })).toMatchObject({ body: { accepted: 1_000, more: true } });
    expect(await retry({ all: true })).toMatchObject({ body: { accepted: 1, more: false } });
    expect(app.postJobs).toHaveLength(1_001);
  });

  test('ends in time and says that there may be more', async () => {
    const hook = await app.hook();
    for (let nth = 0; nth < 150; nth += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other in time
      await app.failure(hook);
    }
    const read = app.deliveries.failures.bind(app.deliveries);
    app.deliveries.failures = (...asked) => {
      app.nowMs += 20_000;
      return read(...asked);
    };
    expect(await retry({ all: true })).toMatchObject({ body: { accepted: 100, more: true } });
    expect(await retry({ all: true })).toMatchObject({ body: { accepted: 50, more: false } });
  });

  test('goes on behind those that it may not take, with the cursor of the answer', async () => {
    const oldest = await app.failure(await app.hook());
    const off = await app.hook({ enabled: false, disabledReason: 'manual', epoch: 1 });
    for (let nth = 0; nth < 150; nth += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other in time
      await app.failure(off);
    }
    const read = app.deliveries.failures.bind(app.deliveries);
    app.deliveries.failures = (...asked) => {
      app.nowMs += 20_000;
      return read(...asked);
    };
    const first = await retry({ all: true });
    expect(first.body).toEqual({ accepted: 0, more: true, nextCursor: expect.any(String) });
    const { nextCursor: cursor } = first.body as { nextCursor: string };
    expect(await retry({ status: '500', cursor })).toMatchObject({ status: 400 });
    const second = await retry({ all: true, cursor });
    expect(second.body).toEqual({ accepted: 1, more: false });
    expect(app.postJobs).toMatchObject([{ delivery: oldest.ulid }]);
  });

  test('goes on behind the thousandth', async () => {
    const hook = await app.hook();
    for (let nth = 0; nth < 1_050; nth += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other in time
      await app.failure(hook);
    }
    const { body } = await retry({ all: true });
    const { nextCursor: cursor } = body as { nextCursor: string };
    // A newer one is not met any more.
    await app.failure(hook);
    expect((await retry({ all: true, cursor })).body).toEqual({ accepted: 50, more: false });
  });

  test('of an endpoint seeks among its own only', async () => {
    const hook = await app.hook();
    const mine = await app.failure(hook);
    await app.delivery(hook, { status: 'delivered' });
    const bobs = await app.hook({ owner: 'user:bob' });
    await app.failure(bobs);
    app.deliveries.failures = () => {
      throw new Error('all failures were read');
    };
    expect((await retry({ hook: hookId(hook.ulid) })).body).toEqual({ accepted: 1, more: false });
    expect(app.postJobs).toMatchObject([{ delivery: mine.ulid }]);
    const others = { accepted: 0, more: false };
    expect((await retry({ hook: hookId(bobs.ulid) })).body).toEqual(others);
    expect((await remove(`hook=${hookId(bobs.ulid)}`)).body).toEqual(others);
    expect((await retry({ hook: 'hook_7' })).body).toEqual(others);
    expect((await remove(`hook=${hookId(bobs.ulid)}`, admin)).body).toMatchObject({ accepted: 1 });
  });

  test.each([{}, { all: false }, { ids: [] }])('of %j is refused', async (body) => {
    await three();
    expect(await retry(body)).toMatchObject({ status: 400 });
    expect(app.postJobs).toEqual([]);
  });
});

describe('deleting failures', () => {
  test('deletes those meant and tells how many, valid or not', async () => {
    const { answered, silent, elsewhere } = await three();
    expect(await remove('valid=false')).toMatchObject({
      status: 202,
      body: { accepted: 1, more: false },
    });
    expect(await app.deliveries.read(elsewhere.ulid)).toBeUndefined();
    expect(await app.deliveries.read(answered.ulid)).toBeDefined();
    expect(await remove('all=true')).toMatchObject({ body: { accepted: 2, more: false } });
    expect(await app.deliveries.read(silent.ulid)).toBeUndefined();
  });

  test('goes on with the cursor of the answer', async () => {
    const hook = await app.hook();
    for (let nth = 0; nth < 150; nth += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other in time
      await app.failure(hook);
    }
    const read = app.deliveries.failures.bind(app.deliveries);
    app.deliveries.failures = (...asked) => {
      app.nowMs += 20_000;
      return read(...asked);
    };
    const { body } = await remove('all=true');
    expect(body).toEqual({ accepted: 100, more: true, nextCursor: expect.any(String) });
    const { nextCursor } = body as { nextCursor: string };
    const rest = await remove(`all=true&cursor=${nextCursor}`);
    expect(rest.body).toEqual({ accepted: 50, more: false });
  });

  test('without a filter is refused, and leaves those of others', async () => {
    const bobs = await app.failure(await app.hook({ owner: 'user:bob' }));
    expect(await remove('')).toMatchObject({ status: 400 });
    expect(await remove('all=true')).toMatchObject({ body: { accepted: 0 } });
    expect(await app.deliveries.read(bobs.ulid)).toBeDefined();
  });
});
