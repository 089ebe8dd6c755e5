import { describe, expect, test } from '@jest/globals';
import { failureExcerpt } from '../../../../scripts/local/cdk-failure.ts';

const noise = Array.from({ length: 40 }, (_, index) => `line ${String(index)}`);

describe('the excerpt of a failed CDK command', () => {
  test.each([
    '✘ [ERROR] Expected ";" but found "error"',
    'ERROR The SQS queue does not have a DLQ enabled. (AwsSolutions)',
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find module './x.ts'",
    'TypeError: Cannot read properties of undefined',
    '❌  sequitur-core failed: ValidationError',
    'sequitur-core | 3/21 | 11:20:07 AM | CREATE_FAILED | AWS::Lambda::Function | Api',
  ])('begins one line before the cause %j', (line) => {
    const output = [...noise, 'file:lib/queue.ts:5', line, ...noise].join('\n');
    const shown = failureExcerpt(output).split('\n');
    expect(shown.slice(0, 2)).toEqual(['file:lib/queue.ts:5', line]);
    expect(shown).toHaveLength(20);
  });

  test('is the end of an output that names no cause', () => {
    expect(failureExcerpt(noise.join('\n')).split('\n')).toEqual(noise.slice(20));
    expect(failureExcerpt('killed\n')).toBe('killed');
  });

  test('cuts lines that would fill the screen', () => {
    expect(failureExcerpt('x'.repeat(1000))).toHaveLength(300);
  });
});
