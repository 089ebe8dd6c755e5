import { describe, expect, test } from '@jest/globals';
import { requireSameEngines } from '../../../../scripts/local/same-engines.ts';

const running = { awsEndpoint: 'http://127.0.0.1:5001', issuerUrl: 'http://127.0.0.1:5002' };

describe('npm start on a running stack', () => {
  test.each([
    ['names nothing', {}, {}],
    ['names the same ports', { emulator: 5001, issuer: 5002 }, {}],
    ['names the same endpoint', {}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:5001/' }],
    ['names a port that the preset endpoint makes void', { emulator: 6001 }, preset(5001)],
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

  test('names every difference at once', () => {
    const chosenPorts = { emulator: 6001, issuer: 6002 };
    expect(() => requireSameEngines(running, { chosenPorts }, {})).toThrow(/6001.*\n.*6002/u);
  });
});

function preset(port: number) {
  return { AWS_ENDPOINT_URL: `http://127.0.0.1:${String(port)}` };
}
