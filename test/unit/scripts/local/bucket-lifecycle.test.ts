import { expect, test } from '@jest/globals';
import { lifecycleRules } from '../../../../scripts/local/bucket-lifecycle.ts';

test("a template's lifecycle rules become the S3 API's", () => {
  const rule = { Id: 'old', Status: 'Enabled', Prefix: 'tmp/', ExpirationInDays: 3 };
  const multipart = {
    Status: 'Enabled',
    AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
  };
  expect(lifecycleRules({ Rules: [rule, multipart] })).toEqual([
    { ID: 'old', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 3 } },
    { ...multipart, Filter: { Prefix: '' } },
  ]);
});

test('a property that has no translation is refused instead of lost', () => {
  const rule = { Status: 'Enabled', ExpirationDate: '2030-01-01' };
  expect(() => lifecycleRules({ Rules: [rule] })).toThrow('ExpirationDate');
});
