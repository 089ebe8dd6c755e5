import { expect, test } from '@jest/globals';
import { countsLine } from '../../../../scripts/ci/counts.ts';
import { junitCounts } from '../../../../scripts/ci/junit-counts.ts';

test('failures and errors of a report are failed, skipped ones neither', () => {
  const xml =
    '<?xml version="1.0"?>\n<testsuites errors="1" failures="2" skipped="3" tests="20" time="1.5">';
  expect(junitCounts(xml)).toEqual({ passed: 14, failed: 3 });
});

test('a report that was never written has nothing passed', () => {
  expect(junitCounts('')).toEqual({ passed: 0, failed: 0 });
});

test('the last line is plain', () => {
  expect(countsLine({ passed: 14, failed: 3 })).toBe('14 passed, 3 failed');
});
