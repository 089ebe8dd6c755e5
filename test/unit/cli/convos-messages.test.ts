import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import {
  harmless,
  hostile,
  listedLine,
  listedMessage,
  message,
  messageId,
  messageLine,
  threadId,
} from './convos-answers.ts';
import { problem, startScriptedApi, type ScriptedApi } from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

const onTerminal = { terminal: true, environment: { NO_COLOR: '1' } };
const { bodyExcerpt: _excerpt, ...withoutText } = listedMessage;
const wholeOf = (body: string) => ({ ...withoutText, body });

describe('convos messages', () => {
  const words = ['convos', 'messages', threadId];

  test('shows beginnings in the order of the API', async () => {
    api = await startScriptedApi(() => ({ body: { items: [listedMessage] } }));
    const { exitCode, stdout } = await run([...words, '--order', 'asc', '--limit', '3'], {
      url: api.url,
    });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: listedLine });
    expect(api.requests[0]).toMatchObject({
      method: 'GET',
      url: `/v1/threads/${threadId}/messages?order=asc&limit=3`,
    });
  });

  test('--full --all asks for whole texts on every page', async () => {
    api = await startScriptedApi((_, nth) => ({
      body: { items: [wholeOf(`text ${String(nth)}`)], ...(nth === 1 && { nextCursor: 'c1' }) },
    }));
    const { stdout } = await run([...words, '--full', '--all', '--json'], { url: api.url });
    expect(JSON.parse(stdout)).toEqual({ items: [wholeOf('text 1'), wholeOf('text 2')] });
    expect(api.requests.map(({ url }) => url.split('?')[1])).toEqual([
      'body=full&limit=100',
      'body=full&limit=100&cursor=c1',
    ]);
  });

  test('in a pipe a whole text stays on the line of its message', async () => {
    api = await startScriptedApi(() => ({ body: { items: [wholeOf(`one\n\ttwo ${hostile}`)] } }));
    const { stdout } = await run([...words, '--full'], { url: api.url });
    expect(stdout).toBe(
      `no\t${message.sentAt}\tuser:flo\t${messageId}\tone\\n\\ttwo ${harmless}\n`,
    );
  });

  test('on a terminal whole texts are indented under their messages, however they are written', async () => {
    const forged = `READ  yes\n\n${'x'.repeat(36)}FROM  user:boss\n\t${'中'.repeat(20)}\r\n${hostile}`;
    api = await startScriptedApi(() => ({
      body: { items: [wholeOf(forged), wholeOf('second')] },
    }));
    const { stdout } = await run([...words, '--full'], {
      ...onTerminal,
      url: api.url,
      columns: 40,
    });
    const head = [
      'READ BY YOU  no',
      `AT           ${message.sentAt}`,
      'FROM         user:flo',
      `ID           ${messageId}`,
    ];
    expect(stdout.split('\n')).toEqual([
      ...head,
      '',
      '    READ  yes',
      '',
      `    ${'x'.repeat(36)}`,
      '    FROM  user:boss',
      `        ${'中'.repeat(16)}`,
      `    ${'中'.repeat(4)}`,
      `    ${harmless.slice(0, 36)}`,
      ...(harmless.length > 36 ? [`    ${harmless.slice(36)}`] : []),
      '',
      ...head,
      '',
      '    second',
      '',
    ]);
  });
});

describe('convos message', () => {
  const words = ['convos', 'message', messageId];

  test('a terminal gets it with its lines, under bold headings', async () => {
    api = await startScriptedApi(() => ({
      body: { ...message, body: 'Hello,\n\nare you free?\n' },
    }));
    const { exitCode, stdout, stderr } = await run(words, { ...onTerminal, url: api.url });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      'READ BY YOU  no',
      `AT           ${message.sentAt}`,
      'FROM         user:flo',
      `ID           ${messageId}`,
      'TO           user:amy',
      `THREAD       ${message.threadId}`,
      'SUBJECT      Lunch',
      '',
      '    Hello,',
      '',
      '    are you free?',
      '',
      '',
    ]);
    const coloured = await run(words, { url: api.url, terminal: true });
    expect(coloured.stdout).toContain('\u001B[1mSUBJECT    \u001B[22m  Lunch');
    expect(api.requests[0]).toMatchObject({ method: 'GET', url: `/v1/messages/${messageId}` });
  });

  test('a pipe gets one line, JSON the answer as it is', async () => {
    const bad = { ...message, subject: hostile, body: `${hostile}\n` };
    api = await startScriptedApi(() => ({ body: bad }));
    const line = await run(words, { url: api.url });
    expect(line.stdout).toBe(messageLine.replace('Lunch\n', `${harmless}\t${harmless}\\n\n`));
    const json = await run([...words, '--json'], { url: api.url, terminal: true });
    expect(JSON.parse(json.stdout)).toEqual(bad);
  });

  test('a message of others is none: it ends with 1', async () => {
    api = await startScriptedApi(() => problem(404, 'There is no such message.'));
    const { exitCode, stderr } = await run(words, { url: api.url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('There is no such thing (404): There is no such message.');
  });
});

test.each(['read', 'unread'])('convos mark-%s shows the message as it then is', async (mark) => {
  const marked = { ...message, isRead: mark === 'read' };
  api = await startScriptedApi(() => ({ body: marked }));
  const words = ['convos', `mark-${mark}`, messageId];
  const { exitCode, stdout } = await run(words, { url: api.url });
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: mark === 'read' ? messageLine.replace('no', 'yes') : messageLine,
  });
  const json = await run([...words, '--json'], { url: api.url });
  expect(JSON.parse(json.stdout)).toEqual(marked);
  expect(api.requests[0]).toMatchObject({
    method: 'POST',
    url: `/v1/messages/${messageId}/${mark}`,
    body: undefined,
  });
});

test('convos delete-message deletes without a question, also without a terminal', async () => {
  api = await startScriptedApi(() => ({ status: 204 }));
  const words = ['convos', 'delete-message', messageId];
  const { exitCode, stdout, stderr } = await run(words, { url: api.url });
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: `Deleted for you: ${messageId}\n`,
  });
  expect(api.requests).toMatchObject([{ method: 'DELETE', url: `/v1/messages/${messageId}` }]);
  const json = await run([...words, '--json'], { url: api.url });
  expect(JSON.parse(json.stdout)).toEqual({ id: messageId, deleted: true });
});
