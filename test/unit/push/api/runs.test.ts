import { beforeEach, describe, expect, test } from '@jest/globals';
import { endpointAnswers } from './answer-schemas.ts';
import { detail, pushApi, walk, wrong } from './push-api.ts';
import type { PushApi } from './push-api.ts';

let api: PushApi;
beforeEach(() => {
  api = pushApi();
});

const post = async (url: string, body?: unknown, key?: string) =>
  api.admin({
    method: 'POST',
    url,
    ...(body !== undefined && { body }),
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
const get = async (url: string) => api.admin({ method: 'GET', url });
const runOf = ({ body }: { body: unknown }) => (body as { runId: string }).runId;
const mass = '/v1/push/rules/digest/mass';

describe('a run of the queue', () => {
  test('gives the worker a job, and is told as it is', async () => {
    await api.waiting('story:7');
    const answer = await post('/v1/push/run');
    expect(answer.status).toBe(202);
    endpointAnswers('startPushRun', 202, answer.body);
    const id = runOf(answer);
    expect(api.jobs).toMatchObject([{ kind: 'drain', run: id.slice('run_'.length) }]);
    const { body } = await get(`/v1/push/runs/${id}`);
    expect(body).toEqual({
      id,
      kind: 'push',
      state: 'running',
      startedAt: '2026-11-21T10:30:00.000Z',
      counts: { selected: 0, pushed: 0, failed: 0 },
      messages: [],
    });
    endpointAnswers('getPushRun', 200, body);
  });

  test('with nothing to push is done at once', async () => {
    const id = runOf(await post('/v1/push/run', { rule: 'stories' }));
    const { body } = await get(`/v1/push/runs/${id}`);
    expect(body).toMatchObject({
      rule: 'stories',
      state: 'done',
      finishedAt: '2026-11-21T10:30:00.000Z',
    });
    endpointAnswers('getPushRun', 200, body);
    expect(api.jobs).toEqual([]);
  });

  test('of a rule that there is not is 404, which lists those that there are', async () => {
    const answer = await post('/v1/push/run', { rule: 'nonsense' });
    expect(answer.status).toBe(404);
    expect(detail(answer)).toContain('archive, digest, stories');
  });

  test('of a mass rule is 400', async () => {
    const answer = await post('/v1/push/run', { rule: 'digest' });
    expect([answer.status, wrong(answer)]).toEqual([400, ['body.rule']]);
  });

  test.each([[{ rule: '' }], [{ rules: 'stories' }], [[]], ['stories']])(
    '%j is 400',
    async (body) => {
      expect((await post('/v1/push/run', body)).status).toBe(400);
    },
  );
});

describe('a mass run', () => {
  test('gives the worker its rule and arguments', async () => {
    const answer = await post(mass, { args: ['2026-11-16'] });
    expect(answer.status).toBe(202);
    endpointAnswers('startMassRun', 202, answer.body);
    const ulid = runOf(answer).slice('run_'.length);
    expect(api.jobs).toEqual([{ kind: 'export', run: ulid }]);
    expect(await api.runs.get(ulid)).toMatchObject({ rule: 'digest', args: ['2026-11-16'] });
    const { body } = await get(`/v1/push/runs/run_${ulid}`);
    expect(body).toMatchObject({ kind: 'mass', rule: 'digest', state: 'running' });
    expect(body).not.toHaveProperty('args');
    endpointAnswers('getPushRun', 200, body);
  });

  test('takes no body as no arguments', async () => {
    const ulid = runOf(await post(mass)).slice('run_'.length);
    expect(await api.runs.get(ulid)).toMatchObject({ args: [] });
  });

  test('of a rule that there is not is 404, which lists those that there are', async () => {
    const answer = await post('/v1/push/rules/nonsense/mass', {});
    expect(answer.status).toBe(404);
    expect(detail(answer)).toContain('archive, digest, stories');
  });

  test('of a sequential rule is 400', async () => {
    const answer = await post('/v1/push/rules/stories/mass', { args: [] });
    expect([answer.status, wrong(answer)]).toEqual([400, ['path.rule']]);
    expect(api.jobs).toEqual([]);
  });

  test.each([[{ args: 'x' }], [{ args: [7] }], [{ args: Array(21).fill('x') }]])(
    '%j is 400',
    async (body) => {
      const answer = await post(mass, body);
      expect(answer.status).toBe(400);
      expect(wrong(answer)[0]).toMatch(/^body\.args/);
    },
  );
});

describe('the same Idempotency-Key', () => {
  test.each([
    ['/v1/push/run', {}, { rule: 'stories' }],
    [mass, { args: ['a'] }, { args: ['b'] }],
  ])('starts one run of %s, also when requests arrive together', async (url, body, other) => {
    await api.waiting('story:7');
    const answers = await Promise.all([1, 2, 3].map(async () => post(url, body, 'k')));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(new Set(answers.map(runOf)).size).toBe(1);
    expect(await walk(api, '/v1/push/runs', 9)).toHaveLength(1);
    expect((await post(url, other, 'k')).status).toBe(409);
    expect(runOf(await post(url, body, 'l'))).not.toBe(runOf(answers[0] ?? { body: {} }));
  });

  test('is not used up by a request that was refused', async () => {
    expect((await post('/v1/push/run', { rule: 'nonsense' }, 'k')).status).toBe(404);
    expect((await post('/v1/push/run', {}, 'k')).status).toBe(202);
  });

  test('of one call is none of another', async () => {
    const one = runOf(await post('/v1/push/run', {}, 'k'));
    const other = await post(mass, {}, 'k');
    const third = await post('/v1/push/rules/archive/mass', {}, 'k');
    expect([other.status, third.status]).toEqual([202, 202]);
    expect(new Set([one, runOf(other), runOf(third)]).size).toBe(3);
    expect(await api.runs.get(runOf(third).slice('run_'.length))).toMatchObject({
      rule: 'archive',
    });
  });
});

describe('runs', () => {
  test.each(['run_01KAJ0MAF4T6B8D0F2H4K6M8P0', 'push_01KAJ0MAF4T6B8D0F2H4K6M8P0', '7', '%00'])(
    'of the id %s there is none',
    async (id) => {
      expect((await get(`/v1/push/runs/${id}`)).status).toBe(404);
    },
  );

  test('are listed newest first, and walked by cursors', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      api.clock.advance(1_000);
      ids.push(runOf(await post('/v1/push/run')));
    }
    const { body } = await get('/v1/push/runs');
    endpointAnswers('listPushRuns', 200, body);
    const found = await walk(api, '/v1/push/runs', 2);
    expect(found.map((run) => (run as { id: string }).id)).toEqual(ids.toReversed());
    const { nextCursor } = (await get('/v1/push/runs?limit=2')).body as { nextCursor: string };
    expect((await get(`/v1/push/items?cursor=${nextCursor}`)).status).toBe(400);
  });

  test('of many messages end their pages before a function’s answer would be too long', async () => {
    const messages = Array.from({ length: 290 }, () => 'm'.repeat(1_000));
    for (let n = 0; n < 30; n += 1) {
      api.clock.advance(1_000);
      const ulid = runOf(await post(mass)).slice('run_'.length);
      await api.runs.progress(ulid, { messages }, api.clock.now());
    }
    const { body } = await get('/v1/push/runs?limit=100');
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(body)))).toBeLessThan(6_000_000);
    expect(await walk(api, '/v1/push/runs', 100)).toHaveLength(30);
  });
});

describe('the configuration', () => {
  test('tells its rules by name', async () => {
    const { body } = await get('/v1/push/rules');
    expect(body).toEqual({
      items: [
        {
          name: 'archive',
          kind: 'mass',
          description: 'All there is.',
          targets: ['north'],
          pack: 'flat',
          validators: [],
        },
        {
          name: 'digest',
          kind: 'mass',
          description: 'All of a week.',
          targets: ['north'],
          pack: 'zip',
          validators: [],
        },
        {
          name: 'stories',
          kind: 'sequential',
          description: 'Stories for a partner.',
          targets: ['north', 'south'],
          pack: 'flat',
          validators: ['well-formed', 'xsd stories/news.xsd', 'short'],
        },
      ],
    });
    endpointAnswers('listPushRules', 200, body);
  });

  test('tells its targets by name, as the installation has them, without anything secret', async () => {
    const { body } = await get('/v1/push/targets');
    expect(body).toEqual({
      items: [
        {
          name: 'north',
          url: 'sftp://north.example.org:2222/in',
          hostKeys: ['SHA256:one', 'SHA256:two'],
          atomic: true,
          doneMarker: '.done',
          concurrency: 3,
        },
        {
          name: 'south',
          url: 'ftp://south.example.org//drop',
          hostKeys: [],
          atomic: false,
          concurrency: 2,
        },
      ],
    });
    expect(JSON.stringify(body)).not.toMatch(/secret|sequitur\//);
    endpointAnswers('listPushTargets', 200, body);
  });

  test.each(['/v1/push/rules', '/v1/push/targets'])('%s is walked by cursors', async (url) => {
    const whole = (await get(url)).body as { items: unknown[] };
    expect(await walk(api, url, 1)).toEqual(whole.items);
    const { nextCursor } = (await get(`${url}?limit=1`)).body as { nextCursor: string };
    const answer = await get(`${url}?cursor=${nextCursor}x`);
    expect([answer.status, wrong(answer)]).toEqual([400, ['query.cursor']]);
  });
});
