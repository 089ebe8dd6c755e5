import { describe, expect, test } from '@jest/globals';
import { remotePlace } from '../../../../lambdas/push/send/remote-place.ts';

const file = (path: string) => ({ path, mark: 'new', earlierMarks: ['old1', 'old2'] });

describe('where a file goes', () => {
  test.each([
    ['sftp://host', 'a.xml', [], 'a.xml', '.a.xml.new.part'],
    ['sftp://host/', 'a.xml', [], 'a.xml', '.a.xml.new.part'],
    ['sftp://host//', 'a.xml', [], '/a.xml', '/.a.xml.new.part'],
    ['sftp://host/in/', 'a.xml', ['in'], 'in/a.xml', 'in/.a.xml.new.part'],
    ['sftp://host//srv', 'a.xml', ['/srv'], '/srv/a.xml', '/srv/.a.xml.new.part'],
    ['ftp://host//srv/x', 'a', ['/srv', '/srv/x'], '/srv/x/a', '/srv/x/.a.new.part'],
    ['sftp://host/a%20b', 'c d/e', ['a b', 'a b/c d'], 'a b/c d/e', 'a b/c d/.e.new.part'],
  ])('%s and %s', (url, path, folders, final, temporary) => {
    expect(remotePlace(new URL(url), file(path))).toMatchObject({ folders, final, temporary });
  });

  test('names the temporary files of earlier tries', () => {
    const { stale } = remotePlace(new URL('sftp://host/in'), file('sub/a.xml'));
    expect(stale).toEqual(['in/sub/.a.xml.old1.part', 'in/sub/.a.xml.old2.part']);
  });

  test.each(['', '/', '/a', 'a/', 'a//b', '.', '..', 'a/../b', 'a/./b', 'a\nb', 'a\u0000b'])(
    'refuses %j',
    (path) => {
      expect(() => remotePlace(new URL('sftp://host/in'), file(path))).toThrow(
        /is no path below the target's folder/,
      );
    },
  );

  test('refuses a URL whose path is wrongly encoded', () => {
    expect(() => remotePlace(new URL('sftp://host/%zz'), file('a'))).toThrow(/wrongly encoded/);
  });
});
