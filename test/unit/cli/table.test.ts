import { describe, expect, test } from '@jest/globals';
import { plainText } from '../../../bin/cli/plain-text.ts';
import { table } from '../../../bin/cli/table.ts';

describe('tables', () => {
  test('wide characters and joined emoji keep the columns in line', () => {
    const rows = [
      ['日本', 'x'],
      ['👩‍👩‍👧', 'x'],
      ['é', 'x'],
    ];
    expect(table(['A', 'B'], rows, 80)).toEqual(['A     B', '日本  x', '👩‍👩‍👧    x', 'é     x']);
  });

  test('only the last column is cut to the width', () => {
    expect(table(['A', 'B'], [['abcdef', 'ghijkl']], 12)).toEqual(['A       B', 'abcdef  ghi…']);
  });
});

describe('plain text', () => {
  test('writes out what would move the cursor, break the line or turn the reading direction', () => {
    expect(plainText('a\tb\nc\u001B[2J\u009B\u202Ed')).toBe('a\\tb\\nc\\u001b[2J\\u009b\\u202ed');
  });

  test('leaves other characters alone', () => {
    expect(plainText('Grüße 日本 👩‍👩‍👧')).toBe('Grüße 日本 👩‍👩‍👧');
  });
});
