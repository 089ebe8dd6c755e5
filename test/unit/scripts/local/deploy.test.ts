import { expect, test } from '@jest/globals';
import { resourceProgress } from '../../../../scripts/local/deploy.ts';

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
