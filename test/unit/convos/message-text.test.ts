import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  bodyText,
  excerptOf,
  maxBodyCharacters,
  maxSubjectCharacters,
  messageBytes,
  subjectText,
} from '../../../lambdas/convos/message-text.ts';

const smile = '\u{1F600}';
const halves = { first: '\uD83D', second: '\uDE00' };

/** What a text is refused for, or nothing. */
const mistake = (schema: typeof bodyText, text: unknown) =>
  schema.safeParse(text).error?.issues[0]?.message;

const kinds: [string, typeof bodyText, number][] = [
  ['a subject', subjectText, maxSubjectCharacters],
  ['a body', bodyText, maxBodyCharacters],
];

describe.each(kinds)('%s', (_name, schema, max) => {
  test.each([
    ['of one character', 'a'],
    ['of as many characters as allowed', 'a'.repeat(max)],
    ['of as many characters of four bytes', smile.repeat(max)],
    ['with white space around', '  a \u3000'],
    ['with markup', '<script>alert("1")</script>&amp;'],
    ['of combining marks', 'e\u0301'],
    ['of a family joined by zero-width joiners', '\u{1F468}\u200D\u{1F469}\u200D\u{1F467}'],
    ['that mixes directions', '\u202Eabc\u202C'],
    ['of private use', '\uE000'],
    ['of a character beyond Unicode’s assigned ones', '\u{10FFFF}'],
  ])('%s passes as it is', (_what, text) => {
    expect(schema.parse(text)).toBe(text);
  });

  test.each([
    ['empty', ''],
    ['a space', ' '],
    ['tabs and line feeds', '\t\n\r\n'],
    ['a no-break space', '\u00A0'],
    ['an ideographic space', '\u3000'],
    ['a zero-width space', '\u200B'],
    ['a byte order mark', '\uFEFF'],
    ['a word joiner', '\u2060'],
    ['a soft hyphen', '\u00AD'],
    ['marks of direction', '\u200E\u200F\u202E'],
    ['tag characters', '\u{E0001}\u{E0041}'],
    ['line and paragraph separators', '\u2028\u2029'],
    ['a next-line', '\u0085'],
    ['white space and zero-width together', ' \u200B\u00A0\u200D '],
    ['as long as allowed and blank', ' '.repeat(max)],
    ['Hangul fillers', '\u3164\u115F\u1160\uFFA0'],
    ['variation selectors', '\uFE0F\u{E0100}'],
    ['a grapheme joiner', '\u034F'],
    ['Mongolian selectors', '\u180B\u180E'],
  ])('%s is blank', (_what, text) => {
    expect(mistake(schema, text)).toBe('must not be blank');
  });

  test('counts code points', () => {
    const tooMany = `must have at most ${max} characters`;
    expect(mistake(schema, 'a'.repeat(max + 1))).toBe(tooMany);
    expect(mistake(schema, smile.repeat(max + 1))).toBe(tooMany);
    expect(mistake(schema, `${smile.repeat(max)}a`)).toBe(tooMany);
    expect(mistake(schema, `${smile.repeat(max - 1)}a`)).toBeUndefined();
    expect(mistake(schema, 'e\u0301'.repeat(max / 2))).toBeUndefined();
    expect(mistake(schema, `${'e\u0301'.repeat(max / 2)}a`)).toBe(tooMany);
  });

  test.each([
    ['first alone', halves.first],
    ['second alone', halves.second],
    ['the wrong way round', halves.second + halves.first],
    ['first within text', `a${halves.first}b`],
    ['second within text', `a${halves.second}b`],
    ['first at the end, behind a whole pair', smile + halves.first],
  ])('with half a surrogate pair, %s, is refused', (_what, text) => {
    expect(mistake(schema, text)).toContain('surrogate');
  });

  test('holds no control character', () => {
    const allowed = schema === bodyText ? ['\t', '\n', '\r'] : [];
    const codes = Array.from({ length: 0x20 }, (_, code) => code);
    const controls = [...codes, ...codes.map((code) => 0x80 + code), 0x7f];
    const passing = controls
      .map((code) => String.fromCodePoint(code))
      .filter((control) => mistake(schema, `a${control}b`) === undefined);
    expect(passing).toEqual(allowed);
    expect(mistake(schema, 'a\u0000b')).toContain('control characters');
  });

  test.each([undefined, null, 7, true, ['a'], { text: 'a' }])('is no %p', (value) => {
    expect(schema.safeParse(value).success).toBe(false);
  });
});

test('the largest body fits in a request, however it is written', () => {
  const plain = JSON.stringify({ body: smile.repeat(maxBodyCharacters) });
  const escaped = `{"body":"${'\\ud83d\\ude00'.repeat(maxBodyCharacters)}"}`;
  expect(JSON.parse(escaped)).toEqual(JSON.parse(plain));
  const recipient = Buffer.byteLength(JSON.stringify({ recipient: `user:${'x'.repeat(128)}` }));
  const subject = '{"subject":""}'.length + maxSubjectCharacters * 12;
  for (const body of [plain, escaped]) {
    expect(Buffer.byteLength(body) + subject + recipient).toBeLessThan(messageBytes);
  }
});

describe('an excerpt', () => {
  const lengths: [string, number, boolean][] = [
    ['49', 49, true],
    ['50', 50, true],
    ['51', 51, false],
    ['100', 100, false],
    ['64,000', 64_000, false],
  ];
  for (const [kind, character] of [
    ['plain', 'a'],
    ['astral', smile],
  ] as const) {
    test.each(lengths)(`of %s ${kind} characters`, (_name, length, isWhole) => {
      const body = character.repeat(length);
      expect(excerptOf(body)).toBe(isWhole ? body : `${character.repeat(49)}...`);
    });
  }

  test.each([
    ['an astral character as the 50th of 50', `${'a'.repeat(49)}${smile}`, true],
    ['an astral character as the 50th of 51', `${'a'.repeat(49)}${smile}b`, false],
    ['an astral character as the 49th of 51', `${'a'.repeat(48)}${smile}bc`, false],
    ['101 units, of which the last is whole', `${smile.repeat(50)}a`, false],
    ['102 units, of which the last is half a character', `a${smile.repeat(51)}`, false],
    ['102 units of whole characters', smile.repeat(51), false],
    ['100 units of whole characters', smile.repeat(50), true],
  ])('cuts no character in two: %s', (_what, body, isWhole) => {
    const expected = isWhole ? body : `${Array.from(body).slice(0, 49).join('')}...`;
    expect(excerptOf(body)).toBe(expected);
    expect(excerptOf(body).isWellFormed()).toBe(true);
  });

  test('is the body up to 50 code points, else the first 49 and dots', () => {
    const character = fc.constantFrom('a', '\n', 'é', '\u0301', smile, '\u{10FFFF}', '\u200D');
    const body = fc.array(character, { minLength: 1, maxLength: 160, size: 'max' });
    fc.assert(
      fc.property(body, (characters) => {
        const expected = characters.length <= 50 ? characters : [...characters.slice(0, 49), '...'];
        expect(excerptOf(characters.join(''))).toBe(expected.join(''));
      }),
    );
  });
});
