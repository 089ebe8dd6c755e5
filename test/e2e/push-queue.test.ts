import { beforeAll, expect, test } from '@jest/globals';
import { mintToken } from '../../scripts/local/token.ts';
import { call } from '../support/e2e/api.ts';
import { admin } from '../support/e2e/people.ts';
import {
  ended,
  newRef,
  partners,
  pushNow,
  pushed,
  put,
  rows,
  rowsOf,
  startRun,
  storyFields,
} from '../support/e2e/push.ts';
import type { Row, Run } from '../support/e2e/push.ts';
import { walk } from '../support/e2e/walk.ts';

const ids = (list: Row[]) => list.map(({ id }) => id);

/** A story with four rows: two that were pushed and two that failed for their photo. */
let story: string;

beforeAll(async () => {
  story = newRef('story');
  await put(story, storyFields());
  await pushed(story, 2);
  const photo = newRef('photo');
  await put(photo, {});
  await put(story, storyFields({ photo, updatedAt: '2026-11-21T11:00:00.000Z' }));
  await pushed(story, 4);
});

test('rows are listed by content, status, number, failure, rule and target, newest first', async () => {
  const all = await rows({ content: story });
  expect(all.map(({ status }) => status)).toEqual([
    'OUTPUT_GENERATION_ERROR',
    'OUTPUT_GENERATION_ERROR',
    'PUSHED',
    'PUSHED',
  ]);
  expect(ids(await rows({ content: story, status: 'PUSHED' }))).toEqual(ids(all.slice(2)));
  expect(ids(await rows({ content: story, status: '50' }))).toEqual(ids(all.slice(2)));
  expect(ids(await rows({ content: story, status: 'failed' }))).toEqual(ids(all.slice(0, 2)));
  expect(ids(await rows({ content: story, status: '120' }))).toEqual(ids(all.slice(0, 2)));
  expect(await rows({ content: story, status: 'NEW' })).toEqual([]);
  expect(await rows({ content: story, rule: 'weekly-digest' })).toEqual([]);
  expect(ids(await rows({ content: story, rule: 'partner-stories' }))).toEqual(ids(all));
  for (const target of partners) {
    expect(ids(await rows({ content: story, target }))).toEqual(
      ids(all.filter((row) => row.target === target)),
    );
  }
  // Each way of listing that has no content to go by finds them too.
  for (const query of [{}, { status: 'failed' }, { rule: 'partner-stories', status: '120' }]) {
    const found = ids(await rows(query));
    expect(found).toEqual(expect.arrayContaining(ids(all.slice(0, 2))));
    expect(new Set(found).size).toBe(found.length);
  }
  const operator = await admin();
  for (const row of all) {
    expect((await call(operator, 'GET', `/push/items/${row.id}`)).body).toEqual(row);
  }
});

test('a cursor is of its list, its filters and its reader', async () => {
  const operator = await admin();
  const other = { token: await mintToken({ sub: 'another-operator', admin: true }) };
  const query = { content: story, limit: '1' };
  expect(await walk(operator, '/push/items', query)).toHaveLength(4);
  const first = await call<{ nextCursor: string }>(operator, 'GET', '/push/items', { query });
  const cursor = first.body.nextCursor;
  const uses = [
    [operator, '/push/items', { content: story, status: 'failed', cursor }],
    [operator, '/push/items', { content: story, cursor: `${cursor}A` }],
    [operator, '/push/runs', { cursor }],
    [other, '/push/items', { content: story, cursor }],
  ] as const;
  for (const [who, path, used] of uses) {
    const answer = await call<{ errors: { path: string }[] }>(who, 'GET', path, { query: used });
    expect([answer.status, answer.body.errors[0]?.path]).toEqual([400, 'query.cursor']);
  }
});

test('only failed rows are reset, singly', async () => {
  const operator = await admin();
  const [done] = await rows({ content: story, status: 'PUSHED' });
  const answer = await call(operator, 'POST', `/push/items/${done?.id ?? ''}/reset`);
  expect(answer.status).toBe(409);
});

test('many are reset by status and rule', async () => {
  const operator = await admin();
  const ask = (body: object) => call(operator, 'POST', '/push/items/reset', { body });
  for (const status of ['NEW', 'PUSHED', '20', 'nonsense']) {
    expect((await ask({ status })).status).toBe(400);
  }
  expect((await ask({ status: '160' })).body).toEqual({ accepted: 0 });
  const failed = await rows({ content: story, status: 'failed' });
  const { status, body } = await ask({ status: '120', rule: 'partner-stories' });
  expect(status).toBe(202);
  expect(Number(body['accepted'])).toBeGreaterThanOrEqual(failed.length);
  await pushNow();
  for (const row of await pushed(story, 4)) {
    expect(row.attempts).toHaveLength(failed.some(({ id }) => id === row.id) ? 2 : 1);
  }
});

test('two runs at once share the queue: every row is pushed once', async () => {
  const refs = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const ref = newRef('story');
      await put(ref, storyFields());
      return ref;
    }),
  );
  for (const ref of refs) await rowsOf(ref, 2);
  const runs = await Promise.all(['/push/run', '/push/run'].map((path) => startRun(path)));
  const ends = await Promise.all(runs.map(ended));
  expect(ends.map(({ state }) => state)).toEqual(['done', 'done']);
  for (const ref of refs) {
    for (const row of await rows({ content: ref })) {
      expect([row.status, row.attempts.length]).toEqual(['PUSHED', 1]);
    }
  }
});

test('a run tells what it did, and runs are listed', async () => {
  const operator = await admin();
  const ref = newRef('story');
  await put(ref, storyFields());
  await rowsOf(ref, 2);
  const runId = await startRun('/push/run', { rule: 'partner-stories' });
  const run = await ended(runId);
  expect(run).toMatchObject({ id: runId, kind: 'push', rule: 'partner-stories', state: 'done' });
  expect(Date.parse(run.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(run.startedAt));
  expect(run.counts.pushed + run.counts.failed).toBe(run.counts.selected);
  const listed = await walk<Run>(operator, '/push/runs', { limit: '100' });
  expect(listed.find(({ id }) => id === runId)).toEqual(run);

  const unknown = await call(operator, 'POST', '/push/run', { body: { rule: 'nonsense' } });
  expect(unknown.status).toBe(404);
  expect(unknown.body['detail']).toContain('partner-stories');
});

test('the same key starts one run', async () => {
  const operator = await admin();
  const headers = { 'idempotency-key': newRef('key') };
  const ask = (body: object) => call(operator, 'POST', '/push/run', { body, headers });
  const answers = await Promise.all([ask({}), ask({}), ask({})]);
  expect(new Set(answers.map(({ body }) => body['runId'])).size).toBe(1);
  expect((await ask({ rule: 'partner-stories' })).status).toBe(409);
});

test('the check, rules and targets are told, and no secret', async () => {
  const operator = await admin();
  await pushNow();
  expect((await call(operator, 'GET', '/push/check')).body).toMatchObject({
    status: 'ok',
    waiting: expect.any(Number),
  });
  const rules = await walk<{ name: string }>(operator, '/push/rules');
  expect(rules).toMatchObject([
    { name: 'partner-stories', kind: 'sequential', targets: expect.arrayContaining([...partners]) },
    { name: 'weekly-digest', kind: 'mass', pack: 'zip' },
  ]);
  const targets = await walk<{ name: string }>(operator, '/push/targets');
  expect(targets.map(({ name }) => name)).toEqual([...partners]);
  expect(JSON.stringify(targets)).not.toMatch(/password|secret/iu);
});

test('cleaning tells what would go, and takes only what is old', async () => {
  const operator = await admin();
  for (const path of ['/push/clean-queue', '/push/clean-export']) {
    for (const body of [{ dryRun: true }, {}]) {
      const answer = await call(operator, 'POST', path, { body });
      // Nothing here is thirty days old.
      expect([path, answer.status, answer.body]).toEqual([
        path,
        200,
        { deleted: 0, candidates: 0, items: [] },
      ]);
    }
  }
});
