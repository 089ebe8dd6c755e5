import { beforeEach, describe, expect, test } from '@jest/globals';
import { deliveryId, deliveryStatuses } from '../../../lambdas/webhooks/delivery.ts';
import type { Delivery } from '../../../lambdas/webhooks/delivery.ts';
import { hookId } from '../../../lambdas/webhooks/hook.ts';
import type { Hook } from '../../../lambdas/webhooks/hook.ts';
import { rfc3339 } from '../../../lambdas/shared/identifier.ts';
import { DeliveriesApp, idsOf, startMs } from './deliveries-app.ts';
import type { ListBody } from './deliveries-app.ts';

let app: DeliveriesApp;
beforeEach(() => {
  app = new DeliveriesApp();
});

const deliveriesUrl = (hook: Hook) => `/v1/hooks/${hookId(hook.ulid)}/deliveries`;

const shown = ({ id, status }: { id: string; status: string }) => ({ id, status });
/** A second of a range of time that tests replay. */
const at = (second: number) => startMs - 100_000 + second * 1000;
const replay = (hook: Hook, body: unknown, sub = 'amy') =>
  app.call({ method: 'POST', url: `/v1/hooks/${hookId(hook.ulid)}/replay`, sub, body });

/** What waits for the third batch of a hook, beside what went with the second. */
async function waiting(hook: Hook, count: number) {
  const made = [];
  for (let nth = 0; nth < count; nth += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other in time
    made.push(await app.delivery(hook, { status: 'stored', batch: 3 }));
  }
  await app.delivery(hook, { status: 'stored', batch: 2 });
  const lane = await app.lanes.read(hook.ulid);
  // The first ones are on their way already, in a post whose answer has not come.
  const flush = { upTo: 3, oldest: made[0]?.ulid ?? '', stored: 2 };
  const oldest = made[2]?.ulid;
  await app.lanes.save({ ...lane, batch: 4, from: 3, stored: count - 2, flush, oldest });
  return made;
}

describe('deliveries of an endpoint', () => {
  test('are told by what they count as, each on one page of the walk with that status', async () => {
    const hook = await app.hook({ epoch: 2 });
    await app.lanes.save({ ...(await app.lanes.read(hook.ulid)), batch: 6, from: 5 });
    const made = [];
    for (const [status, more, expected] of [
      ['pending', {}, 'pending'],
      ['pending', { epoch: 1 }, 'held'],
      ['stored', { batch: 5 }, 'pending'],
      ['stored', { batch: 4 }, 'delivered'],
      ['stored', { batch: 5, epoch: 1 }, 'held'],
      ['delivered', {}, 'delivered'],
      ['failed', {}, 'failed'],
      ['discarded', {}, 'discarded'],
      ['held', {}, 'held'],
    ] as const) {
      for (let copy = 0; copy < 7; copy += 1) {
        // oxlint-disable-next-line no-await-in-loop -- one after the other in time
        const { ulid } = await app.delivery(hook, { status, ...more });
        made.push({ id: deliveryId(ulid), status: expected });
      }
    }
    const all = await app.walk(`${deliveriesUrl(hook)}?limit=5`);
    expect(all.items.map(shown)).toEqual(made.toReversed());
    for (const status of deliveryStatuses) {
      // oxlint-disable-next-line no-await-in-loop -- one walk at a time
      const { items } = await app.walk(`${deliveriesUrl(hook)}?limit=3&status=${status}`);
      expect(items.map(shown)).toEqual(made.filter((one) => one.status === status).toReversed());
    }
  });

  test('are cut into pages that a function can answer, each on one of them', async () => {
    const hook = await app.hook();
    const payload = JSON.stringify({ text: '"'.repeat(100_000) });
    const made = [];
    for (let nth = 0; nth < 40; nth += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other in time
      made.push(await app.delivery(hook, { payload }));
    }
    const { items, pages } = await app.walk(`${deliveriesUrl(hook)}?limit=100`);
    expect(items.map(({ id }) => id)).toEqual(idsOf(made).toReversed());
    expect(pages).toBeGreaterThan(2);
    const first = await app.call({ method: 'GET', url: `${deliveriesUrl(hook)}?limit=100` });
    const asJsonAgain = JSON.stringify(JSON.stringify(first.body));
    expect(Buffer.byteLength(asJsonAgain)).toBeLessThan(5_100_000);
  });

  test('a page ends when its time is over, and the next goes on there', async () => {
    const hook = await app.hook();
    const wanted = await app.delivery(hook, { status: 'failed' });
    for (let nth = 0; nth < 250; nth += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other in time
      await app.delivery(hook, { status: 'pending', epoch: 9 });
    }
    const inTime = await app.walk(`${deliveriesUrl(hook)}?status=pending`);
    expect(inTime).toEqual({ items: [], pages: 1 });
    const read = app.deliveries.ofHook.bind(app.deliveries);
    app.deliveries.ofHook = (...asked) => {
      app.nowMs += 20_000;
      return read(...asked);
    };
    const late = await app.walk(`${deliveriesUrl(hook)}?status=pending`);
    expect(late.items).toEqual([]);
    expect(late.pages).toBe(3);
    const failed = await app.walk(`${deliveriesUrl(hook)}?status=failed`);
    expect(failed.items.map(({ id }) => id)).toEqual(idsOf([wanted]));
  });

  test('are those of nobody else: 404 for others, also for an id that cannot be one', async () => {
    const hook = await app.hook();
    const { ulid } = await app.delivery(hook);
    for (const url of [deliveriesUrl(hook), `/v1/deliveries/${deliveryId(ulid)}`]) {
      // oxlint-disable-next-line no-await-in-loop -- one call at a time
      const asked = await Promise.all([
        app.call({ method: 'GET', url }),
        app.call({ method: 'GET', url, sub: 'bob', admin: true }),
        app.call({ method: 'GET', url, sub: 'bob' }),
      ]);
      expect(asked.map(({ status }) => status)).toEqual([200, 200, 404]);
    }
    for (const url of ['/v1/hooks/7/deliveries', '/v1/deliveries/del_7']) {
      // oxlint-disable-next-line no-await-in-loop -- one call at a time
      expect(await app.call({ method: 'GET', url })).toMatchObject({ status: 404 });
    }
  });
});

describe('a delivery', () => {
  test('has its attempts, its payload and when it is tried next', async () => {
    const hook = await app.hook();
    const attempt = {
      at: startMs,
      durationMs: 12,
      status: 503,
      error: { kind: 'status' as const, message: 'HTTP 503' },
      responseHeaders: { 'retry-after': '9' },
      responseBody: 'busy',
    };
    const seed = {
      tries: 1,
      attempts: [attempt],
      nextAttemptAt: startMs + 5000,
      payload: '{"a":1}',
    };
    const { ulid, event } = await app.delivery(hook, seed);
    const { body } = await app.call({ method: 'GET', url: `/v1/deliveries/${deliveryId(ulid)}` });
    expect(body).toEqual({
      id: deliveryId(ulid),
      hook: hookId(hook.ulid),
      target: hook.target,
      owner: 'user:amy',
      event,
      status: 'pending',
      tries: 1,
      attempts: [{ ...attempt, at: rfc3339(startMs) }],
      nextAttemptAt: rfc3339(startMs + 5000),
      payload: { a: 1 },
    });
  });

  test('of a batch has the attempts of the posts that it was in, up to the one that went well', async () => {
    const hook = await app.hook({ delivery: { mode: 'batch', size: 2 } });
    await app.lanes.save({ ...(await app.lanes.read(hook.ulid)), batch: 9, from: 8 });
    const first = await app.delivery(hook, { status: 'stored', batch: 4 });
    const { ulid } = await app.delivery(hook, { status: 'stored', batch: 4 });
    const last = await app.delivery(hook, { status: 'stored', batch: 7 });
    const range = { first: first.ulid, last: last.ulid, expiresAt: startMs };
    const error = { kind: 'timeout' as const, message: 'no answer within 15 s' };
    const record = (batch: number, atMs: number, failed: boolean) =>
      app.lanes.record(hook.ulid, {
        ...range,
        batch,
        id: `batch_${String(batch)}`,
        attempt: { at: atMs, durationMs: 1, ...(failed ? { error } : { status: 200 }) },
      });
    await record(3, 1, false);
    await record(4, 2, true);
    await record(6, 3, false);
    await record(7, 4, false);
    const { body } = await app.call({ method: 'GET', url: `/v1/deliveries/${deliveryId(ulid)}` });
    expect(body).toMatchObject({
      status: 'delivered',
      tries: 2,
      attempts: [
        { at: rfc3339(2), error },
        { at: rfc3339(3), status: 200 },
      ],
    });
  });
});

describe('what waits for batches', () => {
  const url = '/v1/hooks/stored';

  const batch = { delivery: { mode: 'batch', size: 100 } } as const;

  test('is listed by endpoint, each event on one page; admin sees everybody’s', async () => {
    const [one, two] = [await app.hook(batch), await app.hook(batch)];
    const bobs = await app.hook({ ...batch, owner: 'user:bob' });
    const ofOne = idsOf(await waiting(one, 5)).toReversed();
    const ofTwo = idsOf(await waiting(two, 4)).toReversed();
    const ofBob = idsOf(await waiting(bobs, 3)).toReversed();
    for (const limit of [1, 2, 4, 100]) {
      // oxlint-disable-next-line no-await-in-loop -- one walk at a time
      const { items } = await app.walk(`${url}?limit=${String(limit)}`);
      expect(items.map(({ id }) => id)).toEqual([...ofTwo, ...ofOne]);
    }
    const all = await app.walk(`${url}?limit=5`, { sub: 'root', admin: true });
    expect(all.items.map(({ id }) => id)).toEqual([...ofBob, ...ofTwo, ...ofOne]);
    const alone = await app.walk(`${url}?limit=2&hook=${hookId(one.ulid)}`);
    expect(alone.items.map(({ id }) => id)).toEqual(ofOne);
    const others = await app.walk(`${url}?hook=${hookId(bobs.ulid)}`);
    expect(others.items).toEqual([]);
    const elsewhere = await app.walk(`${url}?target=https://elsewhere.example/`);
    expect(elsewhere.items).toEqual([]);
  });

  test('is taken out by the lane: what is named and waits, or all of an endpoint', async () => {
    const hook = await app.hook(batch);
    const bobs = await app.hook({ ...batch, owner: 'user:bob' });
    const made = await waiting(hook, 5);
    const others = await waiting(bobs, 1);
    const gone = await app.delivery(hook, { status: 'stored', batch: 1 });
    const deliver = (body: unknown) =>
      app.call({ method: 'POST', url: '/v1/hooks/stored/deliver', body });
    const ids = [...idsOf([...made.slice(0, 2), gone, ...others]), 'del_7', 'x'];
    expect(await deliver({ ids: [...ids, ...ids] })).toMatchObject({
      status: 202,
      body: { accepted: 2 },
    });
    expect(await deliver({ hook: hookId(hook.ulid) })).toMatchObject({ body: { accepted: 5 } });
    expect(await deliver({ hook: hookId(bobs.ulid) })).toMatchObject({ status: 404 });
    expect(app.laneJobs).toEqual([
      { kind: 'single', hook: hook.ulid, deliveries: made.slice(0, 2).map(({ ulid }) => ulid) },
      { kind: 'single', hook: hook.ulid },
    ]);
  });
});

describe('a replay', () => {
  test('sets going what came to rest in the range, oldest first and by a new schedule', async () => {
    const hook = await app.hook({ epoch: 3 });
    const made: Delivery[] = [];
    for (const status of ['delivered', 'failed', 'held', 'discarded', 'pending'] as const) {
      const seed = { status, atMs: at(made.length), step: 7, tries: 8, epoch: 3 };
      // oxlint-disable-next-line no-await-in-loop -- one after the other in time
      made.push(await app.delivery(hook, seed));
    }
    await app.delivery(hook, { status: 'failed', atMs: at(-1) });
    const end = await app.delivery(hook, { status: 'failed', atMs: at(9) });
    await app.delivery(hook, { status: 'failed', atMs: at(2), event: { type: 'ping' } });
    const range = { since: rfc3339(at(0)), until: rfc3339(at(9)) };
    const some = await replay(hook, { ...range, until: rfc3339(at(3)), onlyFailed: true });
    expect(some).toMatchObject({ status: 202, body: { accepted: 2, more: false } });
    expect(await replay(hook, range)).toMatchObject({ body: { accepted: 2, more: false } });
    expect(await replay(hook, range)).toMatchObject({ body: { accepted: 0, more: false } });
    expect(app.postJobs.map((job) => job.kind === 'post' && job.delivery)).toEqual(
      [1, 2, 0, 3].map((place) => made[place]?.ulid),
    );
    expect(app.postJobs[0]).toEqual({
      kind: 'post',
      hook: hook.ulid,
      delivery: made[1]?.ulid,
      tries: 8,
    });
    const set = await app.deliveries.read(made[1]?.ulid ?? '');
    expect(set).toMatchObject({ status: 'pending', step: 0, epoch: 3, due: true });
    const url = `/v1/deliveries/${deliveryId(made[1]?.ulid ?? '')}`;
    const { body } = await app.call({ method: 'GET', url });
    expect(body).toMatchObject({ status: 'pending', nextAttemptAt: rfc3339(startMs) });
    expect(await app.deliveries.read(end.ulid)).toMatchObject({ status: 'failed' });
  });

  test('keeps what it sets going as long as what is new', async () => {
    const hook = await app.hook();
    const startSeconds = startMs / 1000;
    const held = { status: 'held', expiresAt: startSeconds + 60 } as const;
    const { ulid: small } = await app.delivery(hook, held);
    const large = await app.delivery(hook, { ...held, payload: 'x'.repeat(600), apart: true });
    const longer = startSeconds + 9 * 86_400;
    const { ulid: other } = await app.delivery(hook, { ...held, expiresAt: longer });
    await app.deliveries.keepPayload('x'.repeat(600), startSeconds + 60);
    await replay(hook, { since: '2026-11-01T00:00:00Z' });
    const read = async (ulid: string) => (await app.deliveries.read(ulid))?.expiresAt;
    const retentionSeconds = 3 * 86_400;
    expect(await read(small)).toBe(startSeconds + retentionSeconds);
    expect(await read(large.ulid)).toBe(startSeconds + retentionSeconds);
    expect(await read(other)).toBe(longer);
    app.nowMs += (retentionSeconds - 1) * 1000;
    const rows = await app.deliveries.readMany([large.ulid]);
    expect(await app.deliveries.payloads(rows)).toEqual(new Map([[large.ulid, 'x'.repeat(600)]]));
  });

  test('goes on where a call ended, in whole milliseconds: each event once', async () => {
    const hook = await app.hook();
    const first = startMs - 1_000_000;
    for (let nth = 0; nth < 2_300; nth += 1) {
      const crowded = nth >= 990 && nth < 1_150 ? 990 : nth;
      // oxlint-disable-next-line no-await-in-loop -- one after the other in time
      await app.delivery(hook, { status: 'delivered', atMs: first + crowded });
    }
    let since = rfc3339(first);
    const counts: number[] = [];
    for (let more = true; more;) {
      // oxlint-disable-next-line no-await-in-loop -- each call names the next
      const { body } = await replay(hook, { since });
      const answer = body as { accepted: number; more: boolean; nextSince?: string };
      counts.push(answer.accepted);
      more = answer.more;
      since = answer.nextSince ?? since;
    }
    expect(counts).toEqual([1_150, 1_000, 150]);
    const posted = app.postJobs.map((job) => (job.kind === 'post' ? job.delivery : ''));
    expect(new Set(posted).size).toBe(2_300);
  });

  test('of a disabled endpoint is refused, of somebody else’s unknown', async () => {
    const hook = await app.hook({ enabled: false, disabledReason: 'manual', epoch: 1 });
    const since = { since: '2026-11-21T00:00:00Z' };
    expect(await replay(hook, since)).toMatchObject({ status: 409 });
    expect(await replay(hook, since, 'bob')).toMatchObject({ status: 404 });
  });

  test('counts on from the posts of batches that an event was in', async () => {
    const hook = await app.hook({ delivery: { mode: 'batch', size: 2 } });
    const { ulid } = await app.delivery(hook, { status: 'stored', batch: 1 });
    await app.lanes.save({ ...(await app.lanes.read(hook.ulid)), batch: 2, from: 2 });
    await app.lanes.record(hook.ulid, {
      batch: 1,
      id: 'batch_1',
      first: ulid,
      last: ulid,
      attempt: { at: 1, durationMs: 1, status: 200 },
      expiresAt: startMs,
    });
    await replay(hook, { since: '2026-11-01T00:00:00Z' });
    expect(app.postJobs).toMatchObject([{ delivery: ulid, tries: 1 }]);
    const url = `/v1/deliveries/${deliveryId(ulid)}`;
    const { body } = await app.call({ method: 'GET', url });
    expect(body).toMatchObject({ status: 'pending', tries: 1, attempts: [{ status: 200 }] });
  });
});

test('a cursor of another list or caller is refused', async () => {
  const hook = await app.hook();
  await app.failure(hook);
  await app.failure(hook);
  const { body } = await app.call({ method: 'GET', url: '/v1/hooks/failures?limit=1' });
  const { nextCursor = '' } = body as ListBody;
  for (const url of [
    `${deliveriesUrl(hook)}?cursor=${nextCursor}`,
    `/v1/hooks/stored?cursor=${nextCursor}`,
    `/v1/hooks/failures?status=500&cursor=${nextCursor}`,
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one call at a time
    expect(await app.call({ method: 'GET', url })).toMatchObject({ status: 400 });
  }
});
