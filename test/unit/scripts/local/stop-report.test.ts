import { describe, expect, test } from '@jest/globals';
import { describeStop } from '../../../../scripts/local/stop-report.ts';

const stack = { awsEndpoint: 'http://127.0.0.1:4999' };
const emulator = { name: 'AWS emulator', pid: 1, identity: 'then' };

describe('the end of a stack', () => {
  test('is the end of everything when the emulator was its own', () => {
    expect(describeStop({ engines: [emulator] }, stack)).toBe(
      'The local stack has ended; its data is kept.',
    );
  });

  test('leaves the application running on a preset endpoint, and says so', () => {
    const text = describeStop({ engines: [] }, stack);
    expect(text).toMatch(
      /^The token issuer has ended\. .* still runs at http:\/\/127\.0\.0\.1:4999/,
    );
    expect(text).not.toContain('local stack has ended');
  });

  test('does not claim an application that was never brought up', () => {
    expect(describeStop({ engines: [] }, undefined)).not.toContain('still runs');
  });
});
