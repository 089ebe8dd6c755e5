import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import {
  problem,
  startScriptedApi,
  type ScriptedAnswer,
  type ScriptedApi,
} from './scripted-api.ts';

let api: ScriptedApi | undefined;
afterEach(async () => {
  await api?.stop();
  api = undefined;
});

async function answering(answer: ScriptedAnswer): Promise<string> {
  api = await startScriptedApi(() => answer);
  return api.url;
}

const counts = ['follows', 'counts', 'user:thoas'];

describe('exit codes and messages', () => {
  test('a refused field is named, with the request id, and counts as wrong usage', async () => {
    const url = await answering(
      problem(400, '2 fields are wrong, see errors', [
        { path: 'path.ref', message: 'unknown type' },
        { path: 'query.limit', message: 'must be a whole number from 1 to 100' },
      ]),
    );
    const { exitCode, stdout, stderr } = await run(counts, { url });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toBe(
      'The API does not accept this (400): 2 fields are wrong, see errors\n' +
        '  path.ref: unknown type\n' +
        '  query.limit: must be a whole number from 1 to 100\n' +
        'Request id: req-7\n',
    );
  });

  test('a single mistake that is the detail too is said once', async () => {
    const mistake = { path: 'path.ref', message: 'unknown type' };
    const url = await answering(problem(400, 'path.ref: unknown type', [mistake]));
    const { stderr } = await run(counts, { url });
    expect(stderr).toBe(
      'The API does not accept this (400): path.ref: unknown type\nRequest id: req-7\n',
    );
  });

  test('an unknown token ends with 3, also in the form in which API Gateway says it', async () => {
    const url = await answering({
      status: 401,
      body: { message: 'Unauthorized' },
      headers: { 'apigw-requestid': 'gw-1' },
    });
    const { exitCode, stderr } = await run(counts, { url });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('(401): Unauthorized');
    expect(stderr).toContain('SEQUITUR_TOKEN');
    expect(stderr).toContain('Request id: gw-1');
  });

  test.each([
    [403, 3],
    [404, 1],
    [409, 1],
    [429, 1],
    [500, 1],
    [503, 1],
  ])('an answer of %d ends with %d', async (status, expected) => {
    const url = await answering(problem(status, 'So it is.'));
    const { exitCode, stdout, stderr } = await run([...counts, '--json'], { url });
    expect(exitCode).toBe(expected);
    expect(stdout).toBe('');
    expect(stderr).toContain(`(${String(status)}): So it is.`);
    expect(stderr).toContain('Request id: req-7');
  });

  test('an error that is no JSON is told without its page', async () => {
    const url = await answering({ status: 502, body: '<html>bad gateway</html>' });
    const { exitCode, stderr } = await run(counts, { url });
    expect(exitCode).toBe(1);
    expect(stderr).toBe('The API failed (502): Bad Gateway\n');
  });

  test('something else than the API at the address ends with 1', async () => {
    const url = await answering({ body: '<html>hello</html>' });
    const { exitCode, stderr } = await run(counts, { url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(`${url} does not answer like the Sequitur API`);
  });

  test('a redirect is not followed, the token stays where it was meant to go', async () => {
    const elsewhere = await startScriptedApi(() => ({ body: {} }));
    const url = await answering({ status: 307, headers: { location: elsewhere.url } });
    const { exitCode } = await run(counts, { url });
    expect(exitCode).toBe(1);
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.stop();
  });

  test('control characters of an answer do not reach the terminal', async () => {
    const url = await answering(problem(409, 'a\u001B[31mred\nline'));
    const { stderr } = await run(counts, { url });
    expect(stderr).toContain('a\\u001b[31mred\\nline');
  });
});

describe('usage', () => {
  test.each([
    [[]],
    [['follows']],
    [['nope']],
    [['follows', 'counts']],
    [['follows', 'counts', 'thoas']],
    [['follows', 'counts', '..']],
    [['follows', 'counts', 'user:a/b']],
    [['follows', 'counts', `user:${'x'.repeat(129)}`]],
    [['follows', 'counts', 'user:thoas', '--nope']],
    [['follows', 'counts', 'user:thoas', 'user:flo']],
    [['follows', 'followers', 'user:thoas', '--limit', '0']],
    [['follows', 'followers', 'user:thoas', '--limit', '101']],
    [['follows', 'followers', 'user:thoas', '--limit', 'x']],
    [['follows', 'followers', 'user:thoas', '--order', 'up']],
    [['timelines', 'post', 'user:thoas', 'like', 'article:1', '--data', '[1]']],
    [['timelines', 'post', 'user:thoas', 'like', 'article:1', '--data', '{']],
    [['timelines', 'post', 'user:thoas', 'like', 'article:1', '--audience', 'all']],
    [['timelines', 'post', 'user:thoas', 'join', '--idempotency-key', 'a b']],
    [['convos']],
    [['hooks']],
    [['hooks', 'show']],
    [['hooks', 'show', '..']],
    [['events']],
    [['content']],
    [['push']],
    [['convos', 'threads', '--folder', 'spam']],
    [['convos', 'thread']],
    [['convos', 'thread', '..']],
    [['convos', 'thread', 'msg_01KAJ0M9Y8N3V5T7W9X1Z2B4C6']],
    [['convos', 'thread', 'thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6/read']],
    [['convos', 'messages', 'thr_1', '--order', 'asc']],
    [['convos', 'messages', 'thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6', '--order', 'up']],
    [['convos', 'message', 'thr_01KAJ0M9Y8N3V5T7W9X1Z2B4C6']],
    [['convos', 'mark-read', '']],
    [['convos', 'delete-message', '.']],
    [['convos', 'delete-thread', '']],
    [['convos', 'send', 'amy', '--subject', 'Lunch', '--body', 'Hi']],
    [['convos', 'reply', 'user:amy', '--body', 'Hi']],
    [['convos', 'block', '..']],
    [['convos', 'unblock']],
  ])('%j ends with 2 and sends nothing', async (words) => {
    const url = await answering({ body: {} });
    const { exitCode, stdout, stderr } = await run(words, { url });
    expect(exitCode).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).not.toBe('');
    expect(api?.requests).toEqual([]);
  });

  test.each([
    ['follows', 'counts'],
    ['follows', 'followers'],
    ['follows', 'followings'],
    ['follows', 'friends'],
    ['timelines', 'private'],
    ['timelines', 'public'],
    ['timelines', 'post'],
    ...[
      'threads',
      'thread',
      'messages',
      'message',
      'send',
      'reply',
      'mark-read',
      'mark-unread',
      'mark-thread-read',
      'delete-message',
      'delete-thread',
      'unread-count',
      'blocks',
      'block',
      'unblock',
      'blocked',
    ].map((command) => ['convos', command] as const),
    ...[
      'list',
      'show',
      'create',
      'update',
      'enable',
      'disable',
      'delete',
      'rotate-secret',
      'ping',
      'deliveries',
      'delivery',
      'failures',
      'retry-failed',
      'delete-failures',
      'stored',
      'deliver-stored',
      'replay',
    ].map((command) => ['hooks', command] as const),
    ['events', 'types'],
    ['events', 'send'],
    ...['put', 'get', 'delete', 'list', 'upload'].map((command) => ['content', command] as const),
    ...[
      'run',
      'mass',
      'items',
      'item',
      'reset',
      'runs',
      'show-run',
      'check',
      'clean-queue',
      'clean-export',
      'rules',
      'targets',
    ].map((command) => ['push', command] as const),
    ['resources', 'erase'],
    ['resources', 'erasure'],
  ] as const)('the help of %s %s has an example and tells of --json', async (group, command) => {
    const { exitCode, stdout, stderr } = await run([group, command, '--help']);
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain(`$ npx sequitur ${group} ${command}`);
    expect(stdout).toContain('--json');
  });
});
