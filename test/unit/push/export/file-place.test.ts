import { describe, expect, test } from '@jest/globals';
import { fileName, filePath } from '../../../../lambdas/push/export/file-place.ts';

const half = '\uD83D';

describe('the name of a file', () => {
  test.each(['NEWS_story_7.xml', 'Füße 1.xml', '.hidden', 'a..b', '字'.repeat(66), '...'])(
    '%j is one',
    (name) => {
      expect(fileName(name)).toBe(name);
    },
  );

  test.each([
    ['', 'is empty'],
    ['.', "is '.'"],
    ['..', "is '..'"],
    ['a/b.xml', "has a '/'"],
    ['../../etc/passwd', "has a '/'"],
    ['a\\b.xml', 'backslash or a control character'],
    ['a\r\nDELE b', 'backslash or a control character'],
    ['a\u0000.xml', 'backslash or a control character'],
    ['a\u0085', 'backslash or a control character'],
    [`${half}.xml`, 'half a character'],
    ['字'.repeat(67), 'more than 200 bytes'],
    [undefined, 'is not a text'],
    [7, 'is not a text'],
  ])('%j is none', (name, problem) => {
    const naming = () => fileName(name);
    expect(naming).toThrow(expect.objectContaining({ status: 'OUTPUT_MAKER_ERROR' }));
    expect(naming).toThrow(problem);
  });
});

describe('the path of a file', () => {
  test.each([
    ['', 'a.xml'],
    ['medias', 'medias/a.xml'],
    ['2026/11/21', '2026/11/21/a.xml'],
    ['a..b/c d', 'a..b/c d/a.xml'],
  ])('in %j is %j', (directory, path) => {
    expect(filePath(directory, 'a.xml')).toBe(path);
  });

  test.each([
    ['/etc', 'is absolute'],
    ['/', 'is absolute'],
    ['..', "is '..'"],
    ['a/../../b', "is '..'"],
    ['./a', "is '.'"],
    ['a//b', 'is empty'],
    ['a/', 'is empty'],
    ['a\\..\\b', 'backslash or a control character'],
    ['a/b\n', 'backslash or a control character'],
    [half, 'half a character'],
    ['x'.repeat(201), 'more than 200 bytes'],
    [Array.from({ length: 5 }, () => 'x'.repeat(200)).join('/'), 'more than 800 bytes'],
    [null, 'is not a text'],
  ])('is none in %j', (directory, problem) => {
    const placing = () => filePath(directory, 'a.xml');
    expect(placing).toThrow(expect.objectContaining({ status: 'GET_DIRECTORY_ERROR' }));
    expect(placing).toThrow(problem);
  });
});
