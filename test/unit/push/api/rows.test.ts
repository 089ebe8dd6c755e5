import { beforeEach, describe, expect, test } from '@jest/globals';
import { endpointAnswers } from './answer-schemas.ts';
import { detail, loseFirstRenewal, pushApi, walk, wrong } from './push-api.ts';
import type { PushApi } from './push-api.ts';

let api: PushApi;
beforeEach(() => {
  api = pushApi();
});

const get = async (url: string) => api.admin({ method: 'GET', url });
const contents = ({ body }: { body: unknown }) =>
  (body as { items: { content: string }[] }).items.map(({ content }) => content);

describe('a row', () => {
  test('is told with its status by name and number, and each try', async () => {
    const row = await api.pushed('story:7');
    const { status, body } = await get(`/v1/push/items/push_${row.ulid}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: `push_${row.ulid}`,
      rule: 'stories',
      target: 'north',
      content: 'story:7',
      status: 'PUSHED',
      statusCode: 50,
      message: 'ok',
      attempts: [{ at: '2026-11-21T10:30:00.000Z', durationMs: 7, outcome: 'sent', message: 'ok' }],
      createdAt: '2026-11-21T10:30:00.000Z',
      lastAttemptAt: '2026-11-21T10:30:00.000Z',
      runId: `run_${row.run ?? ''}`,
    });
    endpointAnswers('getPushItem', 200, body);
  });

  test('that waits has neither run nor last try', async () => {
    const row = await api.waiting('story:7');
    const { body } = await get(`/v1/push/items/push_${row.ulid}`);
    expect(body).toMatchObject({ status: 'NEW', statusCode: 10, message: '', attempts: [] });
    expect(body).not.toHaveProperty('runId');
    expect(body).not.toHaveProperty('lastAttemptAt');
    endpointAnswers('getPushItem', 200, body);
  });

  test.each(['push_01KAJ0M9Y8N3V5T7W9X1Z2B4C6', '7', 'run_01KAJ0M9Y8N3V5T7W9X1Z2B4C6', '%00'])(
    'of the id %s there is none: 404, to be read and to be reset',
    async (id) => {
      expect((await get(`/v1/push/items/${id}`)).status).toBe(404);
      const reset = await api.admin({ method: 'POST', url: `/v1/push/items/${id}/reset` });
      expect(reset.status).toBe(404);
    },
  );
});

describe('the queue', () => {
  beforeEach(async () => {
    await api.waiting('story:1');
    api.clock.advance(1_000);
    await api.failed('story:2', 'VALIDATION_ERROR', { target: 'south' });
    api.clock.advance(1_000);
    await api.failed('story:3', 'SEND_ERROR', { rule: 'other' });
    api.clock.advance(1_000);
    await api.pushed('story:4');
  });

  test.each([
    ['', ['story:4', 'story:3', 'story:2', 'story:1']],
    ['?status=NEW', ['story:1']],
    ['?status=10', ['story:1']],
    ['?status=failed', ['story:3', 'story:2']],
    ['?status=180', ['story:2']],
    ['?status=failed&rule=other', ['story:3']],
    ['?target=south', ['story:2']],
    ['?content=story:4', ['story:4']],
    ['?rule=no-longer-there', []],
  ])('%s lists what is meant, newest first', async (query, expected) => {
    const answer = await get(`/v1/push/items${query}`);
    expect(answer.status).toBe(200);
    expect(contents(answer)).toEqual(expected);
    endpointAnswers('listPushItems', 200, answer.body);
  });

  test('is walked by cursors, which are of one query', async () => {
    const whole = (await get('/v1/push/items')).body as { items: unknown[] };
    expect(await walk(api, '/v1/push/items', 1)).toEqual(whole.items);
    const { nextCursor } = (await get('/v1/push/items?limit=2')).body as { nextCursor: string };
    for (const query of [`status=NEW&cursor=${nextCursor}`, `cursor=${nextCursor}x`]) {
      const answer = await get(`/v1/push/items?${query}`);
      expect([answer.status, wrong(answer)]).toEqual([400, ['query.cursor']]);
    }
  });

  test('of a status that there is not is 400, which lists those that there are', async () => {
    for (const status of ['PUSHE', '11', 'toString', 'new']) {
      const answer = await get(`/v1/push/items?status=${status}`);
      expect([answer.status, wrong(answer)]).toEqual([400, ['query.status']]);
      expect(detail(answer)).toMatch(/NEW, IN_PROGRESS, PUSHED, PUSH_ERROR/);
    }
  });

  test('of long messages ends its pages before a function’s answer would be too long', async () => {
    const long = '"'.repeat(16_000);
    for (let n = 0; n < 99; n += 1) {
      api.clock.advance(1_000);
      const row = await api.waiting(`story:long-${String(n)}`);
      await api.rows.refuse(row.ulid, 'PUSH_ERROR', long);
    }
    const answer = await get('/v1/push/items?limit=100');
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(answer.body)))).toBeLessThan(6_000_000);
    expect(contents(answer).length).toBeLessThan(100);
    expect(await walk(api, '/v1/push/items', 100)).toHaveLength(103);
  });
});

const reset = async (ulid: string) =>
  api.admin({ method: 'POST', url: `/v1/push/items/push_${ulid}/reset` });

describe('reset of a row', () => {
  test.each(['SEND_ERROR', 'FILTER_BY_STATE_ERROR', 'SUPERVISOR_ERROR'] as const)(
    'makes it NEW again after %s, without a message',
    async (status) => {
      const row = await api.failed('story:7', status);
      const answer = await reset(row.ulid);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ status: 'NEW', statusCode: 10, message: '' });
      expect(await api.rows.get(row.ulid)).toMatchObject({ status: 'NEW', message: '' });
      endpointAnswers('resetPushItem', 200, answer.body);
    },
  );

  test('that has not failed is refused with what it is', async () => {
    const pushed = await api.pushed('story:7');
    const waiting = await api.waiting('story:8');
    for (const row of [pushed, waiting]) {
      const answer = await reset(row.ulid);
      expect(answer.status).toBe(409);
      expect(detail(answer)).toContain(row.status);
      expect(await api.rows.get(row.ulid)).toEqual(row);
    }
  });

  test('whose content waits in another row is refused, and told which', async () => {
    const row = await api.failed('story:7');
    api.clock.advance(1_000);
    const other = await api.waiting('story:7');
    const answer = await reset(row.ulid);
    expect(answer.status).toBe(409);
    expect(detail(answer)).toContain(`push_${other.ulid}`);
    expect(await api.rows.get(row.ulid)).toEqual(row);
  });

  test('that changes while it is reset is looked at again', async () => {
    const row = await api.failed('story:7');
    const renew = api.rows.renew.bind(api.rows);
    api.rows.renew = async (read) => {
      api.rows.renew = renew;
      // Somebody resets it first, and it fails again.
      await renew(read);
      await api.rows.refuse(row.ulid, 'PUSH_ERROR', 'again');
      return renew(read);
    };
    expect((await reset(row.ulid)).body).toMatchObject({ status: 'NEW' });
    expect(await api.rows.get(row.ulid)).toMatchObject({ status: 'NEW', version: 4 });
  });

  test('whose answer was lost on the way is asked for again, and was done', async () => {
    const row = await api.failed('story:7');
    loseFirstRenewal(api);
    const answer = await reset(row.ulid);
    expect([answer.status, answer.body]).toMatchObject([200, { status: 'NEW' }]);
    expect(await api.rows.get(row.ulid)).toMatchObject({ status: 'NEW', version: 2 });
  });
});
