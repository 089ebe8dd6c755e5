import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Status } from '../../../../lambdas/push/queue/status.ts';
import { endpointAnswers } from './answer-schemas.ts';
import { detail, loseFirstRenewal, pushApi, wrong } from './push-api.ts';
import type { PushApi } from './push-api.ts';

let api: PushApi;
beforeEach(() => {
  api = pushApi();
});

const reset = async (body: Record<string, unknown>) => {
  const answer = await api.admin({ method: 'POST', url: '/v1/push/items/reset', body });
  if (answer.status === 202) endpointAnswers('resetPushItems', 202, answer.body);
  return answer;
};

const withStatus = async (status: Status | 'failed') =>
  (await api.rows.list({ status }, { after: undefined, limit: 10_000 })).items;

describe('reset of many rows', () => {
  beforeEach(async () => {
    for (const content of ['story:1', 'story:2', 'story:3']) {
      api.clock.advance(1_000);
      await api.failed(content, 'SEND_ERROR');
      await api.failed(content, 'VALIDATION_ERROR', { rule: 'digest' });
      await api.pushed(content, { target: 'south' });
    }
  });

  test.each([
    [{ status: 'SEND_ERROR' }, 3, 3],
    [{ status: '180' }, 3, 3],
    [{ status: 180 }, 3, 3],
    [{ status: 'failed' }, 6, 0],
    [{ status: 'failed', rule: 'digest' }, 3, 3],
    [{ status: 'SEND_ERROR', rule: 'digest' }, 0, 6],
  ])('%j takes %d and leaves %d', async (body, accepted, left) => {
    const answer = await reset(body);
    expect([answer.status, answer.body]).toEqual([202, { accepted }]);
    expect(await withStatus('NEW')).toHaveLength(accepted);
    expect(await withStatus('failed')).toHaveLength(left);
    expect(await withStatus('PUSHED')).toHaveLength(3);
  });

  test.each([
    [{}, 'body.status'],
    [{ status: 'PUSHED' }, 'body.status'],
    [{ status: '10' }, 'body.status'],
    [{ status: 10 }, 'body.status'],
    [{ status: 180.5 }, 'body.status'],
    [{ status: null }, 'body.status'],
    [{ status: 'nonsense' }, 'body.status'],
    [{ status: 'failed', rule: 'nonsense' }, 'body.rule'],
    [{ status: 'failed', target: 'north' }, 'body.target'],
  ])('%j is 400', async (body, path) => {
    const answer = await reset(body);
    expect([answer.status, wrong(answer)]).toEqual([400, [path]]);
    expect(await withStatus('NEW')).toEqual([]);
  });

  test('says which failed statuses and which rules there are', async () => {
    expect(detail(await reset({ status: 'NEW' }))).toMatch(/PUSH_ERROR.*OUTPUT_MAKER_ERROR/);
    expect(detail(await reset({ status: 'failed', rule: 'x' }))).toMatch(
      /archive, digest, stories/,
    );
  });
});

test('of rows of the same, one waits afterwards', async () => {
  for (let n = 0; n < 25; n += 1) {
    api.clock.advance(1_000);
    await api.failed('story:7');
  }
  await api.failed('story:8');
  expect((await reset({ status: 'failed' })).body).toEqual({ accepted: 2 });
  expect((await withStatus('NEW')).map(({ content }) => content).toSorted()).toEqual([
    'story:7',
    'story:8',
  ]);
  expect((await reset({ status: 'failed' })).body).toEqual({ accepted: 0 });
});

describe('a call that takes long', () => {
  beforeEach(async () => {
    for (let n = 0; n < 250; n += 1) await api.failed(`story:${String(n)}`);
    const renew = api.rows.renew.bind(api.rows);
    // Some 60 rows until the call's time is over.
    api.rows.renew = async (row) => {
      api.clock.advance(250);
      return renew(row);
    };
  });

  test('ends in time with what it has, and a next one goes on there', async () => {
    const taken: number[] = [];
    let cursor: string | undefined;
    do {
      const before = api.clock.now();
      const { body } = await reset({ status: 'failed', ...(cursor !== undefined && { cursor }) });
      expect(api.clock.now() - before).toBeLessThan(20_000);
      const round = body as { accepted: number; nextCursor?: string };
      taken.push(round.accepted);
      cursor = round.nextCursor;
    } while (cursor !== undefined);
    expect(taken.length).toBeGreaterThan(1);
    expect(taken.reduce((sum, one) => sum + one)).toBe(250);
    expect(await withStatus('failed')).toEqual([]);
  });

  test('does not take a second time what failed again meanwhile', async () => {
    const { body } = await reset({ status: 'failed' });
    const { accepted, nextCursor: cursor } = body as { accepted: number; nextCursor: string };
    for (const { ulid } of await withStatus('NEW')) await api.rows.refuse(ulid, 'PUSH_ERROR', 'x');
    let rest = 0;
    for (let next: string | undefined = cursor; next !== undefined;) {
      const round = (await reset({ status: 'failed', cursor: next })).body as {
        accepted: number;
        nextCursor?: string;
      };
      rest += round.accepted;
      next = round.nextCursor;
    }
    expect(accepted + rest).toBe(250);
  });

  test('has a cursor of its own rows only', async () => {
    const { body } = await reset({ status: 'failed' });
    const { nextCursor: cursor } = body as { nextCursor: string };
    for (const other of [{ status: 'SEND_ERROR' }, { status: 'failed', rule: 'stories' }]) {
      const answer = await reset({ ...other, cursor });
      expect([answer.status, wrong(answer)]).toEqual([400, ['query.cursor']]);
    }
  });
});

test('a row that a list still shows as failed is left to the worker that has it', async () => {
  const row = await api.failed('story:7');
  const renew = api.rows.renew.bind(api.rows);
  const by = { claim: { lane: 'north#0', epoch: 1 }, run: '01KAJ0MAF4T6B8D0F2H4K6M8P0' };
  api.rows.renew = async (read) => {
    api.rows.renew = renew;
    await renew(read);
    await api.rows.claim(row.ulid, by);
    return renew(read);
  };
  expect((await reset({ status: 'failed' })).body).toEqual({ accepted: 0 });
  expect(await api.rows.get(row.ulid)).toMatchObject({ status: 'IN_PROGRESS' });
});

test('a row whose answer was lost on the way counts as what it is: reset', async () => {
  await api.failed('story:7');
  loseFirstRenewal(api);
  expect((await reset({ status: 'failed' })).body).toEqual({ accepted: 1 });
  expect(await withStatus('NEW')).toMatchObject([{ content: 'story:7', version: 2 }]);
});
