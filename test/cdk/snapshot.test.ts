import { expect, test } from '@jest/globals';
import { synthesised } from './synthesis.ts';

/** Hashes of assets (they change with every line of code) and the CDK's version, by what stands for them. */
function normalised(templates: unknown): unknown {
  const text = JSON.stringify(templates)
    .replaceAll(/[0-9a-f]{64}/g, '<asset>')
    .replaceAll(/"Analytics":"[^"]+"/g, '"Analytics":"<analytics>"');
  return JSON.parse(text);
}

// What a change of lib/ changes in a deployment shows here; when it is meant, run with -u.
test.each(Object.entries(synthesised().templates))(
  '%s is as it was reviewed',
  (_name, template) => {
    expect(normalised(template)).toMatchSnapshot();
  },
);
