import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');
const output = mkdtempSync(join(tmpdir(), 'sequitur-synth-'));

afterAll(() => rmSync(output, { recursive: true }));

function app(context: Record<string, string>) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
    cwd: root,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: output,
      CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [], ...context }),
    },
  });
  return { status, stdout, stderr };
}

test('a mistake of the configuration is all that is printed, with exit code 1', () => {
  expect(app({ 'sequitur:timelines.keep': '0' })).toEqual({
    status: 1,
    stdout: '',
    stderr: `The configuration has mistakes:
  - config/settings.ts, auth.issuer: name the OIDC issuer whose tokens the API accepts, here or with -c sequitur:auth.issuer=https://...
  - -c sequitur:timelines.keep: Too small: expected number to be >=1; given is 0
`,
  });
}, 30_000);

test('a right configuration is synthesised without a word, with exit code 0', () => {
  expect(app({ 'sequitur:auth.issuer': 'https://issuer.example.org' })).toEqual({
    status: 0,
    stdout: '',
    stderr: '',
  });
}, 60_000);
