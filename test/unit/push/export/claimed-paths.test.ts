import { describe, expect, test } from '@jest/globals';
import { claimedPaths } from '../../../../lambdas/push/export/claimed-paths.ts';

const refused = expect.objectContaining({ status: 'OUTPUT_MAKER_ERROR' });

describe('paths of an export', () => {
  test('are there once for the same file, and refused to another', () => {
    const paths = claimedPaths();
    expect(paths.claim('medias/7.jpg', 'same')).toBe(true);
    expect(paths.claim('medias/7.jpg', 'same')).toBe(false);
    expect(() => paths.claim('medias/7.jpg', 'other')).toThrow(refused);
    expect(paths.claim('medias/8.jpg', 'same')).toBe(true);
  });

  test('are not folders and files at the same time, whichever came first', () => {
    const paths = claimedPaths();
    paths.claim('a/b/c', '1');
    expect(() => paths.claim('a/b', '2')).toThrow(refused);
    expect(() => paths.claim('a', '2')).toThrow(refused);
    expect(() => paths.claim('a/b/c/d', '2')).toThrow(refused);
    expect(paths.claim('a/b/d', '2')).toBe(true);
    expect(paths.claim('a/bc', '2')).toBe(true);
  });
});
