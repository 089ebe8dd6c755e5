import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  messageOf,
  messagesOf,
  reply,
  replying,
  send,
  sending,
  threadIds,
  threadOf,
  threadsOf,
} from '../support/e2e/convos.ts';
import type { Message } from '../support/e2e/convos.ts';
import { newPeople } from '../support/e2e/people.ts';
import { fieldsOf } from '../support/e2e/refusal.ts';

/** Four bytes of UTF-8, two units of UTF-16, one character. */
const emoji = '🙂';

describe('the text of a message', () => {
  test.each([
    ['HTML', '<script>alert("1")</script> <b>&amp; & \' "</b>'],
    ['Markdown and templates', '# {{ 7 * 7 }} ${x} %s \\n \\u0041 [x](javascript:1)'],
    ['lines and tabs', 'one\r\ntwo\nthree\rfour\tfive\n'],
    ['white space around', '  \n x \t '],
    ['joined emoji', '👩‍👩‍👧‍👦 🏳️‍🌈 👋🏽'],
    ['right to left', 'שלום \u202Eabc\u202C مرحبا'],
    ['composed and decomposed letters', 'é e\u0301 Å \u212B'],
    ['odd characters', '\u00A0\u2028\u2029\u200B\uFEFF\uFFFD\uFFFF\u{10FFFF}x'],
    ['names of properties', '__proto__ constructor toString'],
    ['what looks like JSON', '{"body": null}'],
    ['SQL', "'; DROP TABLE messages; --"],
  ])('is given back as it came: %s', async (_what, body) => {
    const [ann, bob] = await newPeople('text', 2);
    const message = await send(ann, bob, { body });
    expect(message.body).toBe(body);
    expect((await messageOf(bob, message.id)).body).toBe(body);
    const [listed] = await messagesOf(bob, message.threadId, { body: 'full' });
    expect(listed?.body).toBe(body);
    const { lastMessage } = await threadOf(bob, message.threadId);
    const characters = Array.from(body);
    expect(lastMessage.bodyExcerpt).toBe(
      characters.length > 50 ? `${characters.slice(0, 49).join('')}...` : body,
    );
    const answer = await reply(bob, message.threadId, body);
    expect((await messageOf(ann, answer.id)).body).toBe(body);
  });

  test('is the same however JSON writes it', async () => {
    const [ann, bob] = await newPeople('escaped', 2);
    const text = `{"recipient":"${bob.ref}","subject":"\\u0041\\ud83d\\ude42","body":"\\u003cb\\u003e\\/\\t\\ud83d\\ude42"}`;
    const { status, body } = await call<Message>(ann, 'POST', '/messages', { text });
    expect(status).toBe(201);
    expect(body).toMatchObject({ subject: `A${emoji}`, body: `<b>/\t${emoji}` });
    expect(await messageOf(bob, body.id)).toEqual(body);
  });

  test.each([
    ['empty', ''],
    ['spaces', '   '],
    ['tabs and lines', '\t\r\n'],
    ['other white space', '\u00A0\u2003\u3000'],
  ])('must not be blank: %s', async (_what, blank) => {
    const [ann, bob] = await newPeople('blank', 2);
    expect(fieldsOf(await sending(ann, bob, { body: blank }))).toEqual([400, 'body.body']);
    expect(fieldsOf(await sending(ann, bob, { subject: blank }))).toEqual([400, 'body.subject']);
    expect(await threadIds(bob)).toEqual([]);
    const { threadId } = await send(ann, bob);
    expect(fieldsOf(await replying(bob, threadId, blank))).toEqual([400, 'body.body']);
    expect(await messagesOf(ann, threadId)).toHaveLength(1);
  });

  test('holds no control characters but tab, line feed and carriage return', async () => {
    const [ann, bob] = await newPeople('control', 2);
    const { threadId } = await send(ann, bob);
    const codes = [...Array(0x20).keys(), 0x7f, 0x80, 0x85, 0x9f];
    for (const code of codes) {
      const text = `a${String.fromCodePoint(code)}b`;
      const isFine = text === 'a\tb' || text === 'a\nb' || text === 'a\rb';
      const expected = isFine ? [201] : [400, 'body.body'];
      expect([code, ...fieldsOf(await replying(ann, threadId, text))]).toEqual([code, ...expected]);
    }
  });

  test('has no control character at all in a subject', async () => {
    const [ann, bob] = await newPeople('subject', 2);
    for (const code of [...Array(0x20).keys(), 0x7f, 0x85]) {
      const subject = `a${String.fromCodePoint(code)}b`;
      expect([code, ...fieldsOf(await sending(ann, bob, { subject }))]).toEqual([
        code,
        400,
        'body.subject',
      ]);
    }
    expect(await threadIds(bob)).toEqual([]);
  });

  test.each(['\\ud83d', '\\ude42', 'x\\ud83dx', '\\ude42\\ud83d', '\\ud83d\\ud83d\\ude42'])(
    'holds no half of a surrogate pair: %s',
    async (half) => {
      const [ann, bob] = await newPeople('half', 2);
      const { threadId } = await send(ann, bob);
      const bad = { body: 'x', subject: 'x' };
      for (const name of ['subject', 'body'] as const) {
        const { [name]: _good, ...rest } = bad;
        const [other] = Object.keys(rest);
        const text = `{"recipient":"${bob.ref}","${other}":"x","${name}":"${half}"}`;
        expect(fieldsOf(await call<Message>(ann, 'POST', '/messages', { text }))).toEqual([
          400,
          `body.${name}`,
        ]);
      }
      const path = `/threads/${threadId}/messages`;
      const answer = await call<Message>(ann, 'POST', path, { text: `{"body":"${half}"}` });
      expect(fieldsOf(answer)).toEqual([400, 'body.body']);
      expect(await messagesOf(ann, threadId)).toHaveLength(1);
    },
  );

  test.each([[1], [true], [null], [['x']], [{ text: 'x' }]])('is text, not %j', async (value) => {
    const [ann, bob] = await newPeople('type', 2);
    for (const name of ['subject', 'body']) {
      const body = { recipient: bob.ref, subject: 'x', body: 'x', [name]: value };
      expect(fieldsOf(await call<Message>(ann, 'POST', '/messages', { body }))).toEqual([
        400,
        `body.${name}`,
      ]);
    }
  });
});

describe('a subject', () => {
  test.each(['x', emoji])('has up to 140 characters, of whatever size: %s', async (character) => {
    const [ann, bob] = await newPeople('subject', 2);
    for (const length of [1, 140]) {
      const subject = character.repeat(length);
      const { threadId } = await send(ann, bob, { subject });
      expect((await threadOf(bob, threadId)).subject).toBe(subject);
      expect((await threadsOf(bob))[0]?.subject).toBe(subject);
    }
    const tooLong = { subject: character.repeat(141) };
    expect(fieldsOf(await sending(ann, bob, tooLong))).toEqual([400, 'body.subject']);
    expect(await threadIds(bob)).toHaveLength(2);
  });
});

describe('an excerpt', () => {
  test.each(['x', 'é', '語', emoji, 'e\u0301', '\n', '<'])(
    'is a body of up to 50 characters whole, of a longer one the first 49 and dots: %j',
    async (piece) => {
      const [ann, bob] = await newPeople('excerpt', 2);
      // A blank body is none.
      const text = (length: number) =>
        Array.from(`a${piece.repeat(length)}`)
          .slice(0, length)
          .join('');
      const { threadId } = await send(ann, bob, { body: text(1) });
      for (const length of [1, 49, 50, 51, 52, 98, 99, 100, 101, 200]) {
        const body = text(length);
        expect(Array.from(body)).toHaveLength(length);
        await reply(ann, threadId, body);
        const excerpt = length <= 50 ? body : `${text(49)}...`;
        const { lastMessage, messages } = await threadOf(bob, threadId);
        expect(lastMessage.bodyExcerpt).toBe(excerpt);
        expect(messages?.[0]?.bodyExcerpt).toBe(excerpt);
        expect((await threadsOf(ann))[0]?.lastMessage.bodyExcerpt).toBe(excerpt);
        expect((await messagesOf(ann, threadId))[0]?.bodyExcerpt).toBe(excerpt);
      }
    },
  );
});
