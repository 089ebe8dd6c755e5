import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pushRules } from '../../../../config/push-rules/index.ts';
import { fileChecks } from '../../../../lambdas/push/export/file-checks.ts';
import { ruleFiles } from '../../../../lambdas/push/export/rule-files.ts';
import { templates } from '../../../../lambdas/push/export/templates.ts';

const folder = join(import.meta.dirname, '../../../../config/push-rules');
const shipped = pushRules.map(({ name, validators = [] }) => ({ name, validators }));

describe.each(shipped)('the files of the rule $name', ({ name, validators }) => {
  test('are templates that compile', () => {
    const files = readdirSync(join(folder, name)).filter((file) => file.endsWith('.xml'));
    expect(files).not.toEqual([]);
    const { compile } = templates(folder);
    for (const file of files) compile(name, file.slice(0, -'.xml'.length));
  });

  test('are DTDs and schemas that compile', () => {
    const { compile } = fileChecks(ruleFiles(folder));
    expect(() => validators.forEach((validator) => compile(validator))).not.toThrow();
  });
});
