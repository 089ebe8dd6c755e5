import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { harmless, hostile } from './convos-answers.ts';
import { row, rowCells, rowId } from './push-answers.ts';
import { problem, startScriptedApi } from './scripted-api.ts';
import type { ReceivedRequest, ScriptedAnswer, ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

async function answering(answer: ScriptedAnswer): Promise<string> {
  api = await startScriptedApi(() => answer);
  return api.url;
}

const asked = () => api.requests.map(({ method, url }) => `${method} ${url}`);

describe('push items', () => {
  test('has a line for each row, its message last and harmless', async () => {
    const url = await answering({ body: { items: [{ ...row, message: hostile }] } });
    const { exitCode, stdout, stderr } = await run(['push', 'items'], { url });
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toBe(`${[...rowCells, harmless].join('\t')}\n`);
    expect(asked()).toEqual(['GET /v1/push/items']);
  });

  test.each([
    [['--status', 'failed'], '?status=failed'],
    [['--status', '130'], '?status=SEND_ERROR'],
    [
      ['--rule', 'a', '--target', 'b', '--content', 'story:7'],
      '?rule=a&target=b&content=story%3A7',
    ],
  ])('%j are asked for as %s', async (options, query) => {
    const url = await answering({ body: { items: [row] } });
    const { stdout } = await run(['push', 'items', ...options, '--json'], { url });
    expect(JSON.parse(stdout)).toEqual({ items: [row] });
    expect(asked()).toEqual([`GET /v1/push/items${query}`]);
  });

  test.each([
    ['items', '--status', 'nonsense'],
    ['items', '--content', '7'],
    ['items', '--rule', '../x'],
    ['item', '7'],
    ['item', '..'],
    ['show-run', rowId],
    ['reset'],
    ['reset', '7'],
    ['reset', '--rule', 'partner-stories'],
    ['reset', rowId, '--status', 'failed'],
    ['reset', rowId, '--rule', 'partner-stories'],
    ['reset', '--status', 'PUSHED'],
    ['reset', '--status', '20'],
    ['mass'],
    ['mass', '..'],
    ['run', '--rule', 'a/b'],
    ['run', 'partner-stories'],
    ['clean-queue', '7'],
  ])('%s %s %s is wrong usage, and nothing is sent', async (...words) => {
    const url = await answering({ body: {} });
    const { exitCode, stderr } = await run(['push', ...words.filter(Boolean)], { url });
    expect(exitCode).toBe(2);
    expect(stderr).not.toBe('');
    expect(api.requests).toEqual([]);
  });

  test('a wrong status is answered with those that there are', async () => {
    const url = await answering({ body: {} });
    const { stderr } = await run(['push', 'items', '--status', 'PUSHE'], { url });
    expect(stderr).toContain('NEW, IN_PROGRESS, PUSHED, PUSH_ERROR');
  });
});

test('push item shows a row with its message and each try', async () => {
  const url = await answering({ body: row });
  const { stdout } = await run(['push', 'item', rowId], { url });
  expect(stdout).toBe(
    `${[...rowCells, row.message].join('\t')}\n2026-11-21T10:30:00.000Z\t12\tfailed\trefused\n`,
  );
  const json = await run(['push', 'item', rowId, '--json'], { url });
  expect(JSON.parse(json.stdout)).toEqual(row);
  expect(asked()[0]).toBe(`GET /v1/push/items/${rowId}`);
});

describe('push reset', () => {
  test('of one row shows it as it is then', async () => {
    const url = await answering({ body: { ...row, status: 'NEW', statusCode: 10, message: '' } });
    const { exitCode, stdout } = await run(['push', 'reset', rowId], { url });
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`${rowId}\tNEW\t10\t`);
    expect(asked()).toEqual([`POST /v1/push/items/${rowId}/reset`]);
  });

  test('that is refused ends with 1 and the reason', async () => {
    const url = await answering(problem(409, 'The row is PUSHED.'));
    const { exitCode, stderr } = await run(['push', 'reset', rowId], { url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('The row is PUSHED.');
  });

  test('of a status goes on until nothing is left, and tells how many there were', async () => {
    api = await startScriptedApi((_request, nth) => {
      const rounds = [
        { accepted: 7, nextCursor: 'a' },
        { accepted: 0, nextCursor: 'b' },
      ];
      return { status: 202, body: rounds[nth - 1] ?? { accepted: 2 } };
    });
    const words = ['push', 'reset', '--status', '180', '--rule', 'partner-stories'];
    const { exitCode, stdout, stderr } = await run(words, { url: api.url });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: 'Reset: 9\n' });
    const body = { status: 'VALIDATION_ERROR', rule: 'partner-stories' };
    expect(api.requests.map((request) => request.body)).toEqual([
      body,
      { ...body, cursor: 'a' },
      { ...body, cursor: 'b' },
    ]);
  });

  test('as JSON tells the number alone', async () => {
    const url = await answering({ status: 202, body: { accepted: 7 } });
    const { stdout } = await run(['push', 'reset', '--status', 'failed', '--json'], { url });
    expect(JSON.parse(stdout)).toEqual({ accepted: 7 });
    expect(api.requests[0]?.body).toEqual({ status: 'failed' });
  });

  test('does not go round in circles', async () => {
    const url = await answering({ status: 202, body: { accepted: 0, nextCursor: 'a' } });
    expect((await run(['push', 'reset', '--status', 'failed'], { url })).exitCode).toBe(1);
    expect(api.requests).toHaveLength(2);
  });
});

const cleanedRow = {
  id: rowId,
  content: 'story:7',
  rule: 'partner-stories',
  target: 'partner-sftp',
  lastAttemptAt: '2026-10-01T10:30:00.000Z',
};
const cleanedFile = { key: hostile, size: 7, modifiedAt: '2026-10-01T10:30:00.000Z' };

describe.each([
  ['queue', 'item', cleanedRow, Object.values(cleanedRow).join('\t')],
  ['export', 'file', cleanedFile, `2026-10-01T10:30:00.000Z\t7\t${harmless}`],
])('push clean-%s', (what, noun, candidate, line) => {
  const rounds = ({ body }: ReceivedRequest) => {
    const { dryRun, cursor } = body as { dryRun: boolean; cursor?: string };
    const [candidates, deleted] = [2, dryRun ? 0 : 2];
    const items = [candidate, candidate];
    const last = { candidates: 1, deleted: dryRun ? 0 : 1, items: [candidate] };
    return { body: cursor === 'a' ? last : { candidates, deleted, items, nextCursor: 'a' } };
  };

  test('dry has a line for each candidate, and their number', async () => {
    api = await startScriptedApi(rounds);
    const words = ['push', `clean-${what}`, '--dry-run'];
    const { exitCode, stdout, stderr } = await run(words, { url: api.url });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`${line}\n${line}\n${line}\nTotal count of ${noun} to be deleted 3\n`);
    expect(api.requests.map(({ method, url, body }) => [method, url, body])).toEqual([
      ['POST', `/v1/push/clean-${what}`, { dryRun: true }],
      ['POST', `/v1/push/clean-${what}`, { dryRun: true, cursor: 'a' }],
    ]);
  });

  test('tells how many are gone', async () => {
    api = await startScriptedApi(rounds);
    const { stdout } = await run(['push', `clean-${what}`], { url: api.url });
    expect(stdout).toBe(`Total count of ${noun} deleted 3\n`);
    expect(api.requests[0]?.body).toEqual({ dryRun: false });
  });

  test('as JSON is one answer', async () => {
    api = await startScriptedApi(rounds);
    const words = ['push', `clean-${what}`, '--dry-run', '--json'];
    const { stdout } = await run(words, { url: api.url });
    expect(JSON.parse(stdout)).toEqual({
      deleted: 0,
      candidates: 3,
      items: [candidate, candidate, candidate],
    });
  });

  test('of nothing says so', async () => {
    const url = await answering({ body: { deleted: 0, candidates: 0, items: [] } });
    const { exitCode, stdout } = await run(['push', `clean-${what}`, '--dry-run'], { url });
    expect([exitCode, stdout]).toEqual([0, `Total count of ${noun} to be deleted 0\n`]);
  });
});

describe('push check', () => {
  const check = ['push', 'check'];
  const oldest = { id: rowId, createdAt: '2026-11-21T10:00:00.000Z' };

  test.each([
    ['ok', 0],
    ['late', 2],
    ['too-late', 1],
  ])('%s ends with %d', async (status, expected) => {
    const told = { status, waiting: 7, oldest };
    const url = await answering({ body: told });
    const { exitCode, stdout, stderr } = await run(check, { url });
    expect(exitCode).toBe(expected);
    expect(stdout).toBe(`${status}\t7\t${rowId}\t${oldest.createdAt}\n`);
    expect(stderr === '').toBe(status === 'ok');
    const json = await run([...check, '--json'], { url });
    expect(json.exitCode).toBe(expected);
    expect(JSON.parse(json.stdout)).toEqual(told);
  });

  test('of an empty queue is fine', async () => {
    const url = await answering({ body: { status: 'ok', waiting: 0 } });
    expect(await run(check, { url })).toEqual({ exitCode: 0, stdout: 'ok\t0\t\t\n', stderr: '' });
  });

  test.each<[string, ScriptedAnswer]>([
    ['no token', { status: 401, body: { message: 'Unauthorized' } }],
    ['not an operator', problem(403, 'This call needs the scope sequitur/admin.')],
    ['no push there', problem(404, 'There is no such path.')],
    ['a wrong request', problem(400, 'What?')],
    ['trouble', problem(500, 'Something went wrong.')],
    ['busy', problem(503, 'Busy.')],
    ['something else at the address', { body: '<html>' }],
    ['an unknown status', { body: { status: 'perhaps', waiting: 7 } }],
    ['a broken connection', { cut: true }],
  ])('%s ends with 3', async (_what, answer) => {
    const url = await answering(answer);
    const { exitCode, stdout, stderr } = await run(check, { url });
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toContain('Could not tell.');
  });

  test('asked wrongly or of nobody it ends with 3, as 1 and 2 mean something else', async () => {
    const url = await answering({ body: {} });
    for (const words of [['--nonsense'], ['too', 'much']]) {
      expect((await run([...check, ...words], { url })).exitCode).toBe(3);
    }
    expect((await run(check, { environment: { SEQUITUR_URL: url } })).exitCode).toBe(3);
    expect((await run(check, {})).exitCode).toBe(3);
    expect(api.requests).toEqual([]);
  });

  test('its help tells the exit codes', async () => {
    const url = await answering({ body: {} });
    const { exitCode, stdout } = await run([...check, '--help'], { url });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('0 fine   2 late   1 too late   3 could not tell');
  });
});

describe('push rules and targets', () => {
  const rule = {
    name: 'weekly-digest',
    kind: 'mass',
    description: hostile,
    targets: ['partner-sftp', 'partner-ftp'],
    pack: 'zip',
    validators: ['well-formed'],
  };
  const target = {
    name: 'partner-sftp',
    url: 'sftp://files.example.org/incoming',
    hostKeys: ['SHA256:one', 'SHA256:two'],
    atomic: false,
    concurrency: 2,
  };

  test.each([
    ['rules', rule, `weekly-digest\tmass\tzip\tpartner-sftp partner-ftp\t${harmless}`],
    ['targets', target, `partner-sftp\t2\tno\t${target.url}\tSHA256:one SHA256:two`],
  ])('push %s has a line each, from all pages', async (what, one, line) => {
    api = await startScriptedApi(({ url }) =>
      url.includes('cursor=c')
        ? { body: { items: [one] } }
        : { body: { items: [one], nextCursor: 'c' } },
    );
    const { exitCode, stdout } = await run(['push', what], { url: api.url });
    expect([exitCode, stdout]).toEqual([0, `${line}\n${line}\n`]);
    const page = await run(['push', what, '--limit', '1', '--json'], { url: api.url });
    expect(JSON.parse(page.stdout)).toEqual({ items: [one], nextCursor: 'c' });
    expect(asked().at(-1)).toBe(`GET /v1/push/${what}?limit=1`);
  });
});
