import { describe, expect, test } from '@jest/globals';
import { call } from '../support/e2e/api.ts';
import {
  messageOf,
  messagesOf,
  reply,
  send,
  sending,
  threadIds,
  threadOf,
} from '../support/e2e/convos.ts';
import type { ListedMessage, Message } from '../support/e2e/convos.ts';
import { newPeople } from '../support/e2e/people.ts';
import { fieldsOf } from '../support/e2e/refusal.ts';
import { pagesOf } from '../support/e2e/walk.ts';

/** Four bytes of UTF-8, two units of UTF-16, one character. */
const emoji = '🙂';

/** What a function can answer: 6 MB, the answer being JSON within JSON. */
const answerBytes = 6 * 1024 * 1024;

describe('a body of 64,000 characters of four bytes', () => {
  const whole = emoji.repeat(64_000);

  test.each([
    ['as UTF-8', (text: string) => text],
    ['escaped, twelve bytes a character', escaped],
  ])('is taken and given back as it came, sent %s', async (_how, written) => {
    const [ann, bob] = await newPeople('largest', 2);
    const first = `{"recipient":"${bob.ref}","subject":"x","body":"${written(whole)}"}`;
    const sent = await call<Message>(ann, 'POST', '/messages', { text: first });
    expect(sent.status).toBe(201);
    const path = `/threads/${sent.body.threadId}/messages`;
    const answered = await call<Message>(bob, 'POST', path, {
      text: `{"body":"${written(whole)}"}`,
    });
    expect(answered.status).toBe(201);
    for (const { body } of [sent, answered]) {
      // Not toBe: of a difference it would print both.
      expect(body.body === whole).toBe(true);
      for (const who of [ann, bob]) {
        expect((await messageOf(who, body.id)).body === whole).toBe(true);
      }
    }
    const full = await messagesOf(ann, sent.body.threadId, { body: 'full' });
    expect(full.map(({ body }) => body === whole)).toEqual([true, true]);
    const { lastMessage } = await threadOf(bob, sent.body.threadId);
    expect(lastMessage.bodyExcerpt).toBe(`${emoji.repeat(49)}...`);
  });

  test.each([
    ['as UTF-8', (text: string) => text],
    ['escaped', escaped],
  ])('and one more is refused, sent %s', async (_how, written) => {
    const [ann, bob] = await newPeople('larger', 2);
    const { threadId } = await send(ann, bob);
    const body = written(`${whole}${emoji}`);
    const path = `/threads/${threadId}/messages`;
    const answers = [
      await call<Message>(ann, 'POST', '/messages', {
        text: `{"recipient":"${bob.ref}","subject":"x","body":"${body}"}`,
      }),
      await call<Message>(bob, 'POST', path, { text: `{"body":"${body}"}` }),
    ];
    for (const answer of answers) expect(fieldsOf(answer)).toEqual([400, 'body.body']);
    expect(await threadIds(bob)).toEqual([threadId]);
    expect(await messagesOf(bob, threadId)).toHaveLength(1);
  });

  test.each([
    ['one byte', 'x'],
    ['three bytes', '語'],
    ['a letter and its accent, which are two', 'e\u0301'],
  ])('is not the limit in bytes: the same number of %s', async (_what, piece) => {
    const [ann, bob] = await newPeople('number', 2);
    const text = piece.repeat(64_000 / Array.from(piece).length);
    expect((await send(ann, bob, { body: text })).body === text).toBe(true);
    expect(fieldsOf(await sending(ann, bob, { body: `${text}x` }))).toEqual([400, 'body.body']);
  });
});

test('a request of more than 1 MiB is 413, one of exactly that is not', async () => {
  const [ann, bob] = await newPeople('size', 2);
  const { threadId } = await send(ann, bob);
  for (const [path, json] of [
    ['/messages', `{"recipient":"${bob.ref}","subject":"x","body":"x"}`],
    [`/threads/${threadId}/messages`, '{"body":"x"}'],
  ] as const) {
    const ask = (bytes: number) =>
      call(ann, 'POST', path, { text: json + ' '.repeat(bytes - json.length) });
    expect((await ask(1024 * 1024)).status).toBe(201);
    expect((await ask(1024 * 1024 + 1)).status).toBe(413);
  }
});

describe('many large bodies', () => {
  test.each([
    ['of four bytes a character', emoji],
    // In an answer within an answer each is \\\".
    ['of characters that JSON escapes', '"'],
  ])('%s are walked whole, in answers that a function can give', async (_what, character) => {
    const [ann, bob] = await newPeople('pages', 2);
    const text = (number: number) =>
      `${String(number).padStart(4, '0')}${character.repeat(63_996)}`;
    const { threadId } = await send(ann, bob, { body: text(0) });
    const total = 30;
    for (let number = 1; number < total; number += 1) {
      await reply(number % 2 ? bob : ann, threadId, text(number));
    }
    const numbers = Array.from({ length: total }, (_, number) => number);
    for (const limit of ['100', '20', '3']) {
      for (const order of ['asc', 'desc']) {
        const query = { body: 'full', limit, order };
        const pages = await pagesOf<ListedMessage>(ann, `/threads/${threadId}/messages`, query);
        for (const items of pages) {
          // The cursor is the little that is missing here.
          const answer = JSON.stringify(JSON.stringify({ items }));
          expect(Buffer.byteLength(answer)).toBeLessThan(answerBytes - 10_000);
        }
        const bodies = pages.flat().map(({ body = '' }) => body);
        const seen = bodies.map((body) => Number(body.slice(0, 4)));
        expect(seen).toEqual(order === 'asc' ? numbers : numbers.toReversed());
        expect(bodies.every((body) => body === text(Number(body.slice(0, 4))))).toBe(true);
      }
    }
    // Without bodies nothing is in the way of a whole page.
    expect(await messagesOf(ann, threadId, { limit: '100' })).toHaveLength(total);
  });
});

/** The text as JSON with every unit escaped. */
function escaped(text: string): string {
  const cache = new Map<string, string>();
  return Array.from(text, (character) => {
    const known = cache.get(character);
    if (known !== undefined) return known;
    const units = character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
    cache.set(character, units);
    return units;
  }).join('');
}
