import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { deploymentContextSchema } from '../../../../lib/define/deployment-context.ts';
import { settingsTable } from './settings-table.ts';

const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');

/** Rows of a Markdown table without the padding that a formatter gives them. */
function rowsOf(table: string): string[] {
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && !/^\|[\s|:-]+$/.test(line))
    .map((line) => line.replaceAll(/\s+/g, ' ').trim());
}

test('the page on configuration lists every setting as the schemas have it', () => {
  const table = /<!-- settings.*?-->(.*)<!-- \/settings -->/s.exec(page)?.[1] ?? '';
  expect(rowsOf(table)).toEqual(rowsOf(settingsTable()));
});

test('the page on configuration lists every context value that the application reads', () => {
  const listed = [...page.matchAll(/^\| `-c sequitur:(\w+)=/gm)].map(([, name]) => name);
  expect(listed).toEqual(Object.keys(deploymentContextSchema.shape));
});
