import { describe, expect, test } from '@jest/globals';
import { fieldMistakes, maxLevels } from '../../../../lambdas/push/content/field-mistakes.ts';

const at = (value: unknown) => fieldMistakes({ x: value }, 'body.fields');
const nested = (levels: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { v: value };
  return value;
};

describe('a character that XML forbids is refused, with its place', () => {
  test.each([
    ['NUL', '\u0000', 'U+0000'],
    ['backspace', 'a\bc', 'U+0008'],
    ['vertical tab', '\u000B', 'U+000B'],
    ['form feed', '\f', 'U+000C'],
    ['escape', '\u001B', 'U+001B'],
    ['the last control character', '\u001F', 'U+001F'],
    ['half of a pair', 'a\uD83D', 'U+D83D'],
    ['the other half', '\uDE00b', 'U+DE00'],
    ['no character', '\uFFFE', 'U+FFFE'],
    ['the other one that is none', '\uFFFF', 'U+FFFF'],
  ])('%s', (_name, text, code) => {
    expect(at(text)).toEqual([
      { path: 'body.fields.x', message: `holds ${code}, which XML forbids` },
    ]);
    expect(at([0, { deep: text }])).toEqual([
      { path: 'body.fields.x.1.deep', message: expect.stringContaining(code) },
    ]);
    expect(at({ [text]: 1 })).toEqual([
      { path: `body.fields.x.${text}`, message: expect.stringContaining(code) },
    ]);
    expect(fieldMistakes({ [text]: 1 }, 'body.fields')).toEqual([
      { path: `body.fields.${text}`, message: expect.stringContaining(code) },
    ]);
  });
});

test.each(['', 'tab\t, line feed\n, return\r', '\u007F\u0085\u009F', '\u{1F600}', '\uE000\uFFFD'])(
  'what XML takes is taken: %j',
  (text) => {
    expect(at([text, { [text]: text }])).toEqual([]);
  },
);

test('a number beyond any is refused: JSON can write it', () => {
  expect(at(JSON.parse('[1e308, -1e400]'))).toEqual([
    { path: 'body.fields.x.1', message: 'is a number that is too large' },
  ]);
});

test('a field has as many levels as it may have, and not one more', () => {
  expect(at(nested(maxLevels))).toEqual([]);
  expect(at(nested(maxLevels + 1))).toEqual([
    { path: 'body.fields.x', message: 'is nested too deep: a field has at most 32 levels' },
  ]);
  expect(at(nested(100_000))).toHaveLength(1);
});

test('every mistake is told, of very many the first', () => {
  expect(fieldMistakes({ a: '\u0001', b: 1, c: '\u0002' }, 'body.fields')).toHaveLength(2);
  expect(at(Array.from({ length: 5_000 }, () => '\u0001'))).toHaveLength(100);
});

test('a name that programs take for a prototype is refused on every level', () => {
  const message = 'has a name that no field may have';
  expect(at(JSON.parse('[{"deep": {"__proto__": 1, "constructor": 2}}]'))).toEqual([
    { path: 'body.fields.x.0.deep.__proto__', message },
  ]);
  expect(
    fieldMistakes(JSON.parse('{"__proto__": {}}') as Record<string, unknown>, 'body.fields'),
  ).toEqual([{ path: 'body.fields.__proto__', message }]);
});
