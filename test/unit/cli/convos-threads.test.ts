import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import {
  harmless,
  hostile,
  listedLine,
  listedMessage,
  thread,
  threadId,
  threadLine,
} from './convos-answers.ts';
import { problem, startScriptedApi, type ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

const plain = { NO_COLOR: '1' };

describe('convos threads', () => {
  test('a pipe gets a line for each thread', async () => {
    api = await startScriptedApi(() => ({ body: { items: [thread] } }));
    const { exitCode, stdout, stderr } = await run(['convos', 'threads'], { url: api.url });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: threadLine, stderr: '' });
    expect(api.requests[0]).toMatchObject({ method: 'GET', url: '/v1/threads' });
  });

  test('a terminal gets a table, in which a long subject leaves room for the rest', async () => {
    const long = { ...thread, subject: 'x'.repeat(140) };
    api = await startScriptedApi(() => ({ body: { items: [long] } }));
    const { stdout } = await run(['convos', 'threads'], {
      url: api.url,
      terminal: true,
      environment: plain,
    });
    const [headings = '', row = ''] = stdout.split('\n');
    expect(headings.split(/ {2,}/)).toEqual(
      'AT,WITH,UNREAD,MESSAGES,ID,SUBJECT,LAST MESSAGE'.split(','),
    );
    expect(row.split(/ {2,}/)).toEqual([
      thread.lastMessage.sentAt,
      'user:flo',
      '1',
      '3',
      threadId,
      `${'x'.repeat(29)}…`,
      'Are you free at noon?',
    ]);
  });

  test('folder, limit and cursor go into the query, --all follows the cursors', async () => {
    api = await startScriptedApi((_, nth) => ({
      body: { items: [thread], ...(nth < 3 && { nextCursor: `c${String(nth)}` }) },
    }));
    const page = ['--folder', 'inbox', '--limit', '7', '--cursor', 'c'];
    const { stderr } = await run(['convos', 'threads', ...page], { url: api.url });
    expect(stderr).toContain('--cursor c1');
    const words = ['convos', 'threads', '--folder', 'outbox', '--all', '--json'];
    const { stdout } = await run(words, { url: api.url });
    expect(JSON.parse(stdout)).toEqual({ items: [thread, thread] });
    expect(api.requests.map(({ url }) => url)).toEqual([
      '/v1/threads?folder=inbox&limit=7&cursor=c',
      '/v1/threads?folder=outbox&limit=100',
      '/v1/threads?folder=outbox&limit=100&cursor=c2',
    ]);
  });

  test('an empty mailbox is said beside the output, and which folder it is', async () => {
    api = await startScriptedApi(() => ({ body: { items: [] } }));
    const all = await run(['convos', 'threads'], { url: api.url });
    expect(all).toMatchObject({ exitCode: 0, stdout: '', stderr: 'You have no threads.\n' });
    const inbox = await run(['convos', 'threads', '--folder', 'inbox'], { url: api.url });
    expect(inbox.stderr).toBe('There is no thread in your inbox.\n');
  });

  test('subject and excerpt of others are harmless in people’s output and untouched in JSON', async () => {
    const bad = {
      ...thread,
      subject: hostile,
      lastMessage: { ...thread.lastMessage, bodyExcerpt: `${hostile}\r\n\tnext` },
    };
    api = await startScriptedApi(() => ({ body: { items: [bad] } }));
    for (const terminal of [true, false]) {
      const { stdout } = await run(['convos', 'threads'], {
        url: api.url,
        terminal,
        environment: plain,
      });
      expect(stdout).toContain(terminal ? harmless.slice(0, 29) : `\t${harmless}\t`);
      expect(stdout).toContain('a\\u001b[31mb\\u009b2Jc d\\u202ee next');
      for (const character of '\u001B\u009B\r\u202E') expect(stdout).not.toContain(character);
    }
    const { stdout } = await run(['convos', 'threads', '--json'], { url: api.url });
    expect(JSON.parse(stdout)).toEqual({ items: [bad] });
  });
});

describe('convos thread', () => {
  const whole = { ...thread, messages: [listedMessage, { ...listedMessage, isRead: true }] };

  test('a pipe gets the thread, then its messages, and beside it how many more there are', async () => {
    api = await startScriptedApi(() => ({ body: whole }));
    const { exitCode, stdout, stderr } = await run(['convos', 'thread', threadId], {
      url: api.url,
    });
    expect(exitCode).toBe(0);
    expect(stdout).toBe(threadLine + listedLine + listedLine.replace('no', 'yes'));
    expect(stderr).toBe(
      `There are more messages: 1. All: npx sequitur convos messages ${threadId} --all\n`,
    );
    expect(api.requests[0]).toMatchObject({ method: 'GET', url: `/v1/threads/${threadId}` });
  });

  test('nothing is said of more when the newest are all', async () => {
    api = await startScriptedApi(() => ({ body: { ...whole, messageCount: 2 } }));
    const { stderr } = await run(['convos', 'thread', threadId], { url: api.url });
    expect(stderr).toBe('');
  });

  test('on a terminal the two tables stand apart', async () => {
    api = await startScriptedApi(() => ({ body: whole }));
    const { stdout } = await run(['convos', 'thread', threadId], {
      url: api.url,
      terminal: true,
      environment: plain,
    });
    expect(stdout.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'AT',
      thread.lastMessage.sentAt,
      '',
      'READ',
      'no',
      'yes',
      '',
    ]);
  });

  test('the folder goes into the query, JSON is the answer', async () => {
    api = await startScriptedApi(() => ({ body: whole }));
    const words = ['convos', 'thread', threadId, '--folder', 'outbox', '--json'];
    const { stdout } = await run(words, { url: api.url });
    expect(JSON.parse(stdout)).toEqual(whole);
    expect(api.requests[0]?.url).toBe(`/v1/threads/${threadId}?folder=outbox`);
  });

  test('a thread of others is no thread: it ends with 1', async () => {
    api = await startScriptedApi(() => problem(404, 'There is no such thread.'));
    const { exitCode, stdout, stderr } = await run(['convos', 'thread', threadId], {
      url: api.url,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('(404): There is no such thread.');
  });
});

test('convos mark-thread-read shows the thread as it then is', async () => {
  const read = { ...thread, unreadCount: 0 };
  api = await startScriptedApi(() => ({ body: read }));
  const words = ['convos', 'mark-thread-read', threadId];
  const { exitCode, stdout } = await run(words, { url: api.url });
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: threadLine.replace('\t1\t', '\t0\t'),
  });
  const json = await run([...words, '--json'], { url: api.url });
  expect(JSON.parse(json.stdout)).toEqual(read);
  expect(api.requests[0]).toMatchObject({
    method: 'POST',
    url: `/v1/threads/${threadId}/read`,
    body: undefined,
  });
});

describe('convos delete-thread', () => {
  test('deletes without a question, also without a terminal', async () => {
    api = await startScriptedApi(() => ({ status: 204 }));
    const words = ['convos', 'delete-thread', threadId];
    const { exitCode, stdout, stderr } = await run(words, { url: api.url });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `Deleted for you: ${threadId}\n`,
    });
    expect(api.requests).toMatchObject([{ method: 'DELETE', url: `/v1/threads/${threadId}` }]);
    const json = await run([...words, '--json'], { url: api.url });
    expect(JSON.parse(json.stdout)).toEqual({ id: threadId, deleted: true });
    expect(json.stderr).toBe('');
  });

  test('a page of something else than the API is not taken for having deleted', async () => {
    api = await startScriptedApi(() => ({ status: 200, body: '<html>hello</html>' }));
    const { exitCode, stderr } = await run(['convos', 'delete-thread', threadId], {
      url: api.url,
    });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('does not answer like the Sequitur API');
  });
});
