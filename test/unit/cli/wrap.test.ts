import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { wrap } from '../../../bin/cli/wrap.ts';

describe('wrapping', () => {
  test('breaks where the room ends and keeps every character', () => {
    expect(wrap('abcdefg', 3)).toEqual(['abc', 'def', 'g']);
    expect(wrap('abc', 3)).toEqual(['abc']);
    expect(wrap('', 3)).toEqual(['']);
  });

  test('breaks after a space where there is one', () => {
    expect(wrap('one two three', 9)).toEqual(['one two ', 'three']);
    expect(wrap('a bcdefghij k', 4)).toEqual(['a ', 'bcde', 'fghi', 'j k']);
    expect(wrap('  abcdef', 4)).toEqual(['  ab', 'cdef']);
    expect(wrap('a bc中d', 4)).toEqual(['a ', 'bc中', 'd']);
  });

  test('never exceeds the room, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', ' ', '中', 'b', '\u3000', '-'), { maxLength: 40 }),
        fc.integer({ min: 2, max: 9 }),
        (characters, room) => {
          const line = characters.join('');
          const pieces = wrap(line, room);
          expect(pieces.join('')).toBe(line);
          for (const piece of pieces) {
            const columns = Array.from(piece, (each) => (each < '\u1100' ? 1 : 2));
            expect(columns.reduce<number>((sum, each) => sum + each, 0)).toBeLessThanOrEqual(room);
          }
        },
      ),
    );
  });

  test('takes East Asian characters, their spaces and punctuation, and emoji for two columns', () => {
    expect(wrap('中、\u3000。ab👍', 4)).toEqual(['中、', '\u3000。', 'ab👍']);
  });

  test('never breaks inside what is read as one character', () => {
    expect(wrap('é👩‍👩‍👧é', 2)).toEqual(['é', '👩‍👩‍👧', 'é']);
  });
});
