import { describe, expect, test } from '@jest/globals';
import {
  escapedAttribute,
  escapedText,
  forbiddenCharacter,
} from '../../../../lambdas/push/export/xml-text.ts';

describe('escaping for XML', () => {
  test('leaves no character that means something to a parser', () => {
    expect(escapedText(`<a b="c" d='e'>&amp;]]>`)).toBe(
      '&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;amp;]]&gt;',
    );
  });

  test('keeps a carriage return, of which parsers make a line feed otherwise', () => {
    expect(escapedText('one\r\ntwo\tthree')).toBe('one&#13;\ntwo\tthree');
  });

  test('keeps line breaks and tabs in attributes, of which parsers make spaces otherwise', () => {
    expect(escapedAttribute('one\r\ntwo\tthree')).toBe('one&#13;&#10;two&#9;three');
  });

  test.each([
    [null, ''],
    [undefined, ''],
    [0, '0'],
    [false, 'false'],
    [12n, '12'],
    [new Date('2026-11-21T20:50:00Z'), '2026-11-21T20:50:00.000Z'],
  ])('writes %p as %p', (value, text) => {
    expect(escapedText(value)).toBe(text);
  });

  test.each([[{}], [['a']], [() => 'a'], [Symbol('a')]])('has no text for %p', (value) => {
    expect(() => escapedText(value)).toThrow(TypeError);
  });
});

describe('characters that XML forbids', () => {
  test.each([
    ['\u0000', 'U+0000'],
    ['\u0008', 'U+0008'],
    ['\u000B', 'U+000B'],
    ['\u001F', 'U+001F'],
    ['\uFFFE', 'U+FFFE'],
    ['\uFFFF', 'U+FFFF'],
    ['\uD800', 'U+D800'],
    ['\uDC00x', 'U+DC00'],
  ])('%j is found, with its line', (character, name) => {
    expect(forbiddenCharacter(`<a>\n${character}</a>`)).toBe(`${name} in line 2`);
  });

  test('all others are fine', () => {
    expect(forbiddenCharacter('\t\n\r \u007F\u0085\uD7FF\uE000\uFFFD😀\u{10FFFF}')).toBeUndefined();
  });
});
