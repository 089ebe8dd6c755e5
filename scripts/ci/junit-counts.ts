import type { Counts } from './counts.ts';

/** The tests of a JUnit report, by the totals of its root; an error counts as a failure. */
export function junitCounts(xml: string): Counts {
  const root = /<testsuites\b[^>]*>/u.exec(xml)?.[0] ?? '';
  const total = (name: string) =>
    Number(new RegExp(`\\b${name}="(\\d+)"`, 'u').exec(root)?.[1] ?? 0);
  const failed = total('failures') + total('errors');
  return { passed: total('tests') - failed - total('skipped'), failed };
}
