import { describe, expect, test } from '@jest/globals';
import { wrap } from '../../../bin/cli/wrap.ts';

describe('wrapping', () => {
  test('breaks where the room ends and keeps every character', () => {
    expect(wrap('abcdefg', 3)).toEqual(['abc', 'def', 'g']);
    expect(wrap('abc', 3)).toEqual(['abc']);
    expect(wrap('', 3)).toEqual(['']);
  });

  test('takes East Asian characters, their spaces and punctuation, and emoji for two columns', () => {
    expect(wrap('中、\u3000。ab👍', 4)).toEqual(['中、', '\u3000。', 'ab👍']);
  });

  test('never breaks inside what is read as one character', () => {
    expect(wrap('é👩‍👩‍👧é', 2)).toEqual(['é', '👩‍👩‍👧', 'é']);
  });
});
