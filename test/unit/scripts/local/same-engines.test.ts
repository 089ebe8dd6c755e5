import { describe, expect, test } from '@jest/globals';
import { requireSameEngines } from '../../../../scripts/local/same-engines.ts';

const account = { host: '127.0.0.1', port: 5003, user: 'partner', password: 'hidden' };
const running = {
  awsEndpoint: 'http://127.0.0.1:5001',
  issuerUrl: 'http://127.0.0.1:5002',
  ftp: { ...account, url: 'ftp://127.0.0.1:5003/' },
};

describe('npm start on a running stack', () => {
  test.each([
    ['names nothing', {}, {}],
    ['names the same ports', { emulator: 5001, issuer: 5002 }, {}],
    ['names the same endpoint', {}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:5001/' }],
    ['names a port that the preset endpoint makes void', { emulator: 6001 }, preset(5001)],
    ['names the same server of a partner', {}, { FTP_URL: 'ftp://me:other@127.0.0.1:5003/' }],
    ['has an empty endpoint', {}, { AWS_ENDPOINT_URL: '' }],
  ])('goes on when it %s', (_what, chosenPorts, environment) => {
    expect(() => requireSameEngines(running, { chosenPorts }, environment)).not.toThrow();
  });

  test.each([
    ['--port', { emulator: 6001 }, {}, 'http://127.0.0.1:6001'],
    ['--issuer-port', { issuer: 6002 }, {}, 'http://127.0.0.1:6002'],
    ['AWS_ENDPOINT_URL', { emulator: 5001 }, preset(6003), 'http://127.0.0.1:6003'],
  ])('is refused when %s asks for another place', (name, chosenPorts, environment, place) => {
    expect(() => requireSameEngines(running, { chosenPorts }, environment)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(new RegExp(`^${name} .*asks for ${place},`, 'u')),
        remedy: expect.stringContaining('npm stop first'),
      }),
    );
  });

  test('is refused when FTP_URL asks for another place, without a word of the password', () => {
    const environment = { FTP_URL: 'ftp://me:hidden@127.0.0.1:6004/' };
    const start = () => requireSameEngines(running, { chosenPorts: {} }, environment);
    expect(start).toThrow(
      'FTP_URL asks for ftp://127.0.0.1:6004/, but the running stack is at ftp://127.0.0.1:5003/.',
    );
  });

  test('is refused when SFTP_URL asks for what the running stack goes without', () => {
    const environment = {
      SFTP_URL: 'sftp://me:hidden@127.0.0.1/',
      SFTP_HOST_KEY: `SHA256:${'a'.repeat(43)}`,
    };
    expect(() => requireSameEngines(running, { chosenPorts: {} }, environment)).toThrow(
      'SFTP_URL asks for sftp://127.0.0.1/, but the running stack goes without.',
    );
  });

  test('names every difference at once', () => {
    const chosenPorts = { emulator: 6001, issuer: 6002 };
    expect(() => requireSameEngines(running, { chosenPorts }, {})).toThrow(/6001.*\n.*6002/u);
  });
});

function preset(port: number) {
  return { AWS_ENDPOINT_URL: `http://127.0.0.1:${String(port)}` };
}
