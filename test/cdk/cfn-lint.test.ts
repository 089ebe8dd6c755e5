import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { localPaths } from '../../scripts/local/paths.ts';
import {
  emulatorRequirements,
  ensurePythonEnvironment,
  testRequirements,
} from '../../scripts/local/python-env.ts';
import { runTool } from '../../scripts/local/run-tool.ts';
import { resourcesOf, synthesised } from './synthesis.ts';

/** W3005: CDK writes `DependsOn` for roles that a reference orders already; it says nothing of the template. */
const ignored = ['W3005'];

const folder = mkdtempSync(join(tmpdir(), 'sequitur-cfn-lint-'));
let cfnLint = '';

beforeAll(async () => {
  const programs = await ensurePythonEnvironment({
    directory: localPaths().pythonEnvironment,
    requirements: [emulatorRequirements, testRequirements],
  });
  cfnLint = join(programs, 'cfn-lint');
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true }));

async function findings(name: string, template: unknown): Promise<string> {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(template));
  const run = await runTool(cfnLint, ['--ignore-checks', ...ignored, '--template', path]);
  if (run.outcome === 'missing') throw new Error(`there is no ${cfnLint}`);
  return run.output.replaceAll(folder, '');
}

const synthesis = synthesised();

test.each(Object.entries(synthesis.templates))(
  '%s is a template that CloudFormation takes',
  async (name, template) => {
    expect(await findings(name, template)).toBe('');
  },
  60_000,
);

test('a template that CloudFormation refuses is found', async () => {
  const [[id, queue] = ['', undefined]] = resourcesOf(synthesis, 'AWS::SQS::Queue');
  const template = {
    Resources: {
      [id]: { ...queue, Properties: { ...queue?.Properties, VisibilityTimeout: 'soon' } },
    },
  };
  expect(await findings('refused', template)).toContain('E3012');
}, 60_000);
