import { expect, test } from '@jest/globals';
import { resourceProgress, synthesisContext } from '../../../../scripts/local/deploy.ts';

test.each([
  [
    'sequitur-core |  7/21 | 11:20:07 AM | CREATE_COMPLETE      | AWS::Lambda::Function | CoreApi (CoreApiB0451A24)',
    'sequitur-core 7/21 AWS::Lambda::Function',
  ],
  ['sequitur-core: deploying... [1/2]', undefined],
  ['', undefined],
])('the line %j of a deployment is shown as %j', (line, shown) => {
  expect(resourceProgress(line)).toBe(shown);
});

const newThreads = 'sequitur:convos.newThreadsPerHour';
const issuerUrl = 'http://127.0.0.1:4567';

test('a local stack lets one sender start 1,000 threads an hour', () => {
  expect(synthesisContext({ issuerUrl, settings: {} })[newThreads]).toBe('1000');
});

test('what the caller sets goes before what is set locally, and leaves the rest', () => {
  const settings = { 'convos.newThreadsPerHour': '3', 'timelines.keep': '5' };
  expect(synthesisContext({ issuerUrl, settings })).toMatchObject({
    [newThreads]: '3',
    'sequitur:timelines.keep': '5',
    'sequitur:auth.issuer': issuerUrl,
    'sequitur:plainHttp': 'allow',
  });
});

const sftp = {
  host: '127.0.0.1',
  port: 4522,
  user: 'partner',
  password: 'hidden',
  root: '/root/of/it',
  url: 'sftp://127.0.0.1:4522/',
  hostKeys: [`SHA256:${'a'.repeat(43)}`],
};
const ftp = { ...sftp, port: 4521, url: 'ftp://127.0.0.1:4521/', hostKeys: undefined };

test('partners’ servers of a local stack take the places of those in the configuration, without their passwords', () => {
  const targets = synthesisContext({ issuerUrl, settings: {}, sftp, ftp })['sequitur:push.targets'];
  expect(JSON.parse(targets ?? '')).toEqual({
    'partner-sftp': { url: sftp.url, hostKeys: sftp.hostKeys },
    'partner-ftp': { url: ftp.url },
  });
});

test('the caller’s own targets go before those of the local stack', () => {
  const settings = { 'push.targets': '{}' };
  expect(synthesisContext({ issuerUrl, settings, sftp, ftp })).toMatchObject({
    'sequitur:push.targets': '{}',
  });
});

test('without servers the targets are those of the configuration', () => {
  const names = Object.keys(synthesisContext({ issuerUrl, settings: {} }));
  expect(names).not.toContain('sequitur:push.targets');
});
