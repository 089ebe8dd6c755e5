import { describe, expect, test } from '@jest/globals';
import { presetServer } from '../../../../scripts/local/preset-server.ts';

const SFTP_HOST_KEY = `SHA256:${'b'.repeat(43)}`;

describe('the server that a variable names', () => {
  test.each([{}, { SFTP_URL: '' }, { FTP_URL: 'ftp://me:secret@127.0.0.1/' }])(
    'is none by %j',
    (environment) => {
      expect(presetServer(environment, 'SFTP_URL')).toBeUndefined();
    },
  );

  test.each([
    ['ftp://me:secret@files.example.org/', 21, 'ftp://files.example.org/'],
    ['ftp://me:secret@files.example.org:2121/in/', 2121, 'ftp://files.example.org:2121/in/'],
    ['ftps://me:secret@files.example.org/in', 21, 'ftps://files.example.org/in'],
    ['ftps+implicit://me:secret@files.example.org/', 990, 'ftps+implicit://files.example.org/'],
  ])('by %s has its port and no account in its URL', (text, port, url) => {
    expect(presetServer({ FTP_URL: text }, 'FTP_URL')).toEqual({
      host: 'files.example.org',
      port,
      user: 'me',
      password: 'secret',
      url,
    });
  });

  test('by SFTP has the pinned host key', () => {
    const environment = { SFTP_URL: 'sftp://me:a%2Fb@[::1]/', SFTP_HOST_KEY };
    expect(presetServer(environment, 'SFTP_URL')).toEqual({
      host: '::1',
      port: 22,
      user: 'me',
      password: 'a/b',
      url: 'sftp://[::1]/',
      hostKeys: [SFTP_HOST_KEY],
    });
  });

  test.each([
    ['no URL', { SFTP_URL: 'hidden', SFTP_HOST_KEY }, 'SFTP_URL is no URL of sftp:.'],
    ['another protocol', { SFTP_URL: 'ftp://me:hidden@a/', SFTP_HOST_KEY }, 'SFTP_URL is no URL'],
    ['no user', { SFTP_URL: 'sftp://files.example.org/', SFTP_HOST_KEY }, 'SFTP_URL has no user.'],
    ['a bad escape', { SFTP_URL: 'sftp://me:%hidden@a/', SFTP_HOST_KEY }, 'percent'],
    ['no host key', { SFTP_URL: 'sftp://me:hidden@a/' }, 'SFTP_HOST_KEY'],
    [
      'a host key of the older form',
      { SFTP_URL: 'sftp://me:hidden@a/', SFTP_HOST_KEY: '16:27:ac:a5:76:28:2d:36' },
      'SFTP_HOST_KEY',
    ],
  ])('with %s is refused without a word of its password', (_what, environment, message) => {
    expect(() => presetServer(environment, 'SFTP_URL')).toThrow(
      expect.objectContaining({
        name: 'StartError',
        message: expect.stringContaining(message),
      }),
    );
    expect(() => presetServer(environment, 'SFTP_URL')).not.toThrow(/hidden/u);
  });
});
