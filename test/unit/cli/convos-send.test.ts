import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { run } from './command-line.ts';
import { harmless, hostile, message, messageLine, threadId } from './convos-answers.ts';
import {
  problem,
  startScriptedApi,
  type ScriptedAnswer,
  type ScriptedApi,
} from './scripted-api.ts';

let api: ScriptedApi;
afterEach(() => api.stop());

async function answering(answer: ScriptedAnswer = { status: 201, body: message }) {
  api = await startScriptedApi(() => answer);
  return api.url;
}

const send = ['convos', 'send', 'user:amy', '--subject', 'Lunch'];
const reply = ['convos', 'reply', threadId];

describe('convos send', () => {
  test('sends recipient, subject and text, and shows what was sent', async () => {
    const url = await answering();
    const { exitCode, stdout, stderr } = await run([...send, '--body', 'Hi\tthere\n'], { url });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: messageLine, stderr: '' });
    expect(api.requests).toMatchObject([
      {
        method: 'POST',
        url: '/v1/messages',
        headers: { 'content-type': 'application/json' },
        body: { recipient: 'user:amy', subject: 'Lunch', body: 'Hi\tthere\n' },
      },
    ]);
  });

  test('--json prints the message as it is', async () => {
    const bad = { ...message, subject: hostile };
    const url = await answering({ status: 201, body: bad });
    const json = await run([...send, '--body', 'Hi', '--json'], { url, terminal: true });
    expect(JSON.parse(json.stdout)).toEqual(bad);
    const shown = await run([...send, '--body', 'Hi'], { url });
    expect(shown.stdout).toContain(harmless);
  });

  test('without a subject it is wrong usage', async () => {
    const url = await answering();
    const { exitCode, stderr } = await run(['convos', 'send', 'user:amy', '--body', 'Hi'], { url });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--subject');
    expect(api.requests).toEqual([]);
  });
});

test('convos reply sends the text alone: the thread knows the rest', async () => {
  const url = await answering();
  const { exitCode, stdout } = await run([...reply, '--body', 'Noon is fine.'], { url });
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: messageLine });
  const json = await run([...reply, '--json'], { url, typed: 'Noon is fine.' });
  expect(JSON.parse(json.stdout)).toEqual(message);
  expect(api.requests.map(({ url: path, body }) => [path, body])).toEqual([
    [`/v1/threads/${threadId}/messages`, { body: 'Noon is fine.' }],
    [`/v1/threads/${threadId}/messages`, { body: 'Noon is fine.' }],
  ]);
});

describe.each([
  ['send', send],
  ['reply', reply],
])('the key of convos %s', (_, words) => {
  test('is a new one, or the one that was given', async () => {
    const url = await answering();
    await run([...words, '--body', 'Hi'], { url });
    await run([...words, '--body', 'Hi', '--idempotency-key', 'k-1'], { url });
    expect(api.requests.map(({ headers }) => headers['idempotency-key'])).toEqual([
      'random-key',
      'k-1',
    ]);
  });

  test.each(['', 'a b', 'schlüssel', 'a\nb', 'x'.repeat(256)])(
    '%j is none: wrong usage',
    async (key) => {
      const url = await answering();
      const options = ['--body', 'Hi', '--idempotency-key', key];
      const { exitCode } = await run([...words, ...options], { url });
      expect(exitCode).toBe(2);
      expect(api.requests).toEqual([]);
    },
  );

  test('is named when nobody knows whether the message went', async () => {
    const url = await answering(problem(503, 'The service is busy.'));
    const { exitCode, stdout, stderr } = await run([...words, '--body', 'Hi'], { url });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain('send it once only: --idempotency-key random-key\n');
    // Nothing is tried again behind the caller's back.
    expect(api.requests).toHaveLength(1);
    const given = await run([...words, '--body', 'Hi', '--idempotency-key', 'k-1'], { url });
    expect(given.stderr).not.toContain('once only');
  });

  test('is named when the answer never came', async () => {
    api = await startScriptedApi(() => ({ status: 201, body: message, cut: true }));
    const { exitCode, stderr } = await run([...words, '--body', 'Hi'], { url: api.url });
    expect(exitCode).toBe(3);
    expect(api.requests).toHaveLength(1);
    expect(stderr).toContain('--idempotency-key random-key');
    expect(stderr).toContain(`No connection to ${api.url}`);
  });

  test('is named when sending is interrupted', async () => {
    const interruption = new AbortController();
    api = await startScriptedApi(() => {
      interruption.abort(130);
      return { status: 201, body: message };
    });
    const { exitCode, stderr } = await run([...words, '--body', 'Hi'], {
      url: api.url,
      interruption,
    });
    expect(exitCode).toBe(130);
    expect(stderr).toContain('--idempotency-key random-key');
    expect(stderr).toContain('Interrupted.');
  });

  test('is named when the answer cannot be read', async () => {
    const url = await answering({ status: 201, body: '{"id": "msg' });
    const { exitCode, stderr } = await run([...words, '--body', 'Hi'], { url });
    expect(exitCode).toBe(1);
    expect(stderr).toContain('--idempotency-key random-key');
  });

  test.each([400, 403, 404, 409, 429])('is not named when the API refused: %d', async (status) => {
    const url = await answering(problem(status, 'Not this one.'));
    const { stderr } = await run([...words, '--body', 'Hi'], { url });
    expect(stderr).not.toContain('--idempotency-key');
  });
});

describe.each([
  ['send', send],
  ['reply', reply],
])('the text of convos %s', (_, words) => {
  test.each(['One\r\n\ttwo 👩‍👩‍👧\n', ' ', '中'.repeat(64_000)])(
    'comes from standard input as it is: %#',
    async (typed) => {
      const url = await answering();
      const { exitCode } = await run(words, { url, typed });
      expect(exitCode).toBe(0);
      expect(api.requests[0]?.body).toMatchObject({ body: typed });
    },
  );

  test('may begin with a byte order mark, which is no part of it', async () => {
    const url = await answering();
    await run(words, { url, typed: '\uFEFFHi' });
    expect(api.requests[0]?.body).toMatchObject({ body: 'Hi' });
  });

  test('of --body goes before standard input', async () => {
    const url = await answering();
    await run([...words, '--body', 'given'], { url, typed: 'typed' });
    expect(api.requests[0]?.body).toMatchObject({ body: 'given' });
  });

  test.each([
    ['nothing on standard input', [], '', 'The message is empty.'],
    ['an empty --body', ['--body', ''], 'typed', 'The message is empty.'],
    ['Latin-1', [], Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65]), 'not UTF-8'],
    ['half a character', [], Buffer.from('Grüße').subarray(0, 3), 'not UTF-8'],
    ['half a surrogate pair', [], Buffer.from([0xed, 0xa0, 0x80]), 'not UTF-8'],
    ['what no message holds', [], '𝄞'.repeat(64_001), 'longer than a message can be (64,000'],
  ])('is not %s: wrong usage, and nothing is sent', async (_name, options, typed, said) => {
    const url = await answering();
    const { exitCode, stdout, stderr } = await run([...words, ...options], { url, typed });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(api.requests).toEqual([]);
  });

  test('is not waited for on a terminal', async () => {
    const url = await answering();
    const { exitCode, stderr } = await run(words, { url, terminal: true, typed: 'Hi' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--body');
    expect(api.requests).toEqual([]);
  });

  test('can be interrupted while a pipe is silent: nothing is sent', async () => {
    const url = await answering();
    const interruption = new AbortController();
    const ended = run(words, { url, silent: true, interruption });
    await sleep(20);
    interruption.abort(130);
    expect(await ended).toEqual({ exitCode: 130, stdout: '', stderr: 'Interrupted.\n' });
    expect(api.requests).toEqual([]);
  });

  test('is read before a connection is looked for', async () => {
    const { exitCode, stderr } = await run(words, { typed: '' });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('The message is empty.');
  });
});

describe('what the API refuses', () => {
  test('each wrong field is named: it ends with 2', async () => {
    const url = await answering(
      problem(400, '2 fields are wrong, see errors', [
        { path: 'body.subject', message: 'must have at most 140 characters' },
        { path: 'body.body', message: 'must not be blank' },
      ]),
    );
    const { exitCode, stdout, stderr } = await run([...send, '--body', ' '], { url });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain('  body.subject: must have at most 140 characters\n');
    expect(stderr).toContain('  body.body: must not be blank\n');
  });

  test('a block ends with 3', async () => {
    const url = await answering(problem(403, 'One of you blocks the other.'));
    const { exitCode, stderr } = await run([...reply, '--body', 'Hi'], { url });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('The caller may not do this (403): One of you blocks the other.');
  });

  test.each([
    ['0', 'Try again now.'],
    ['1', 'Try again in a second.'],
    ['119', 'Try again in 119 seconds.'],
    ['120', 'Try again in 2 minutes.'],
    ['3541', 'Try again in 60 minutes.'],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 'Try again after Sat, 21 Nov 2026 11:00:00 GMT.'],
  ])(
    'the limit of new threads ends with 1; Retry-After %s is said plainly',
    async (after, said) => {
      const answer = problem(429, 'You may start 60 threads an hour.');
      const url = await answering({
        ...answer,
        headers: { ...answer.headers, 'retry-after': after },
      });
      const { exitCode, stderr } = await run([...send, '--body', 'Hi'], { url });
      expect(exitCode).toBe(1);
      expect(stderr).toContain(
        `The API refused (429): You may start 60 threads an hour.\n${said}\nRequest id: req-7\n`,
      );
    },
  );
});
