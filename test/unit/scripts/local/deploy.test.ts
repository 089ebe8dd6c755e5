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
