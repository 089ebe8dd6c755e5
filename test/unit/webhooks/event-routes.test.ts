import { beforeEach, describe, expect, test } from '@jest/globals';
import { eventTypes as declared } from '../../../config/event-types.ts';
import { eventTypes as own } from '../../../lambdas/shared/events/registry.ts';
import { customEventOf } from '../../../lambdas/webhooks/custom-event.ts';
import { webhookApi } from '../../support/webhook-api.ts';
import type { WebhookApi } from '../../support/webhook-api.ts';

let api: WebhookApi;
beforeEach(() => {
  api = webhookApi();
});

const type = 'article.published';
const data = { article: 'article:7', title: 'Seven' };
const send = async (body: Record<string, unknown>, key?: string) =>
  api.admin({
    method: 'POST',
    url: '/v1/events',
    body: { type, data, ...body },
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
const idOf = ({ body }: { body: unknown }) => (body as { id: string }).id;
const sent = () => api.events.rows.map(customEventOf);

describe('an event of another system', () => {
  test('is kept as it was sent, with an id of its own or a new one', async () => {
    const answer = await send({ audience: ['user:bob', 'user:amy', 'user:bob'] });
    expect(answer.status).toBe(202);
    expect(idOf(answer)).toMatch(/^evt_[0-9A-Z]{26}$/);
    expect(idOf(await send({ id: 'mine:1' }))).toBe('mine:1');
    expect(sent()).toMatchObject([
      {
        id: idOf(answer),
        type,
        at: '2026-11-21T10:30:00.000Z',
        audience: ['user:amy', 'user:bob'],
        data: JSON.stringify(data),
      },
      { id: 'mine:1', audience: [] },
    ]);
    expect(api.events.rows[0]?.['expiresAt']).toBe(
      Date.parse('2026-11-21T10:30:00Z') / 1000 + 30 * 24 * 60 * 60,
    );
  });

  test('with an id that was sent before is the same event, or 409', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, async () => send({ id: 'one' })));
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`))).toEqual(
      new Set(['202 {"id":"one"}']),
    );
    api.clock.advance(5_000);
    const reordered = { title: 'Seven', article: 'article:7' };
    expect((await send({ id: 'one', data: reordered })).status).toBe(202);
    expect((await send({ id: 'one', data: { ...data, title: 'Eight' } })).status).toBe(409);
    expect((await send({ id: 'one', audience: ['user:amy'] })).status).toBe(409);
    expect(sent()).toMatchObject([{ id: 'one', at: '2026-11-21T10:30:00.000Z' }]);
  });

  test('with an Idempotency-Key that was used before is the same event, or 409', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, async () => send({}, 'key')));
    expect(new Set(answers.map(idOf)).size).toBe(1);
    expect(sent()).toHaveLength(1);
    expect((await send({ audience: ['user:amy'] }, 'key')).status).toBe(409);
    expect((await send({ id: 'one' }, 'key')).status).toBe(409);
  });

  test.each([
    ['of an undeclared type', { type: 'article.burnt' }, 'body.type'],
    ['of Sequitur’s own', { type: 'follow.created' }, 'body.type'],
    ['of a type by the name of a property of objects', { type: 'constructor' }, 'body.type'],
    ['pretending to be a ping', { type: 'ping' }, 'body.type'],
    ['whose data lacks a field', { data: { article: 'article:7' } }, 'body.data.title'],
    ['whose data is of another form', { data: 'text' }, 'body.data'],
    ['without data', { data: undefined }, 'body.data'],
    ['for what is no resource', { audience: ['robot:1'] }, 'body.audience.0'],
    ['with an id that cannot be', { id: 'a b' }, 'body.id'],
  ])('%s is refused, and says where', async (_what, more, path) => {
    const answer = await send(more, 'key');
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ errors: [{ path }] });
    expect(sent()).toEqual([]);
    expect((await send({}, 'key')).status).toBe(202);
  });

  test.each([
    ['as large as the bus takes', 200 * 1024, 202],
    ['larger than the bus takes', 244 * 1024, 413],
    ['larger than a request', 300 * 1024, 413],
  ])('%s', async (_what, size, status) => {
    const answer = await send({ data: { ...data, title: 'x'.repeat(size) } });
    expect(answer.status).toBe(status);
    expect(sent()).toHaveLength(status === 202 ? 1 : 0);
  });

  test('is taken from admin only', async () => {
    const call = { method: 'POST', url: '/v1/events', body: { type, data } };
    expect((await api.amy(call)).status).toBe(403);
    expect(sent()).toEqual([]);
  });
});

describe('event types', () => {
  interface Entry {
    type: string;
    description: string;
    schema: Record<string, unknown>;
    example: unknown;
  }
  const page = async (url: string) =>
    (await api.amy({ method: 'GET', url })).body as { items: Entry[]; nextCursor?: string };

  test('are Sequitur’s own and the declared ones, each with its schema, without ping', async () => {
    const { items, nextCursor } = await page('/v1/event-types?limit=100');
    expect(nextCursor).toBeUndefined();
    expect(items.map((one) => one.type)).toEqual(
      [...Object.keys(own), ...declared.map((one) => one.type)].toSorted(),
    );
    const article = items.find((one) => one.type === type);
    expect(article).toMatchObject({
      description: 'An article went online.',
      schema: {
        type: 'object',
        properties: { title: { type: 'string', minLength: 1 } },
        required: ['article', 'title'],
      },
      example: { article: 'article:welcome', title: 'Welcome' },
    });
    for (const entry of items) expect(entry.schema).toHaveProperty('properties');
  });

  test('are walked page by page, each once', async () => {
    const all = (await page('/v1/event-types?limit=100')).items;
    const walked: Entry[] = [];
    let url = '/v1/event-types?limit=4';
    for (let more = true; more;) {
      const { items, nextCursor } = await page(url);
      expect(items.length).toBeGreaterThan(0);
      walked.push(...items);
      more = nextCursor !== undefined;
      url = `/v1/event-types?limit=4&cursor=${nextCursor ?? ''}`;
    }
    expect(walked).toEqual(all);
  });
});
