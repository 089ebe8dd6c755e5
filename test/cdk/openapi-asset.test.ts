import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { config } from '../../config/index.ts';
import { openApiDocument } from '../../scripts/openapi-document.ts';
import { sequiturApp } from '../../lib/app.ts';
import type { Domain } from '../../lib/define/config.ts';
import { testContext } from './synthesis.ts';

const folder = mkdtempSync(join(tmpdir(), 'sequitur-openapi-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** The documents beside the bundles of an installation with these domains; only the core is bundled. */
function bundledDocuments(domains: readonly Domain[]): unknown[] {
  const outdir = mkdtempSync(join(folder, 'app-'));
  const context = { ...testContext, 'aws:cdk:bundling-stacks': ['*-core'] };
  sequiturApp({ ...config, domains }, { outdir, context }).synth();
  return globSync(`${outdir}/asset.*/openapi.json`).map((path): unknown =>
    JSON.parse(readFileSync(path, 'utf8')),
  );
}

const pathsOf = (domains: readonly Domain[]) => Object.keys(openApiDocument(domains).paths ?? {});

test('an installation without domains documents the paths of the core alone', () => {
  expect(pathsOf([])).toEqual(['/v1/health', '/v1/openapi.json']);
});

test('social adds the paths of follows and of timelines', () => {
  const paths = pathsOf(['social']);
  expect(paths).toEqual(expect.arrayContaining(pathsOf([])));
  expect(paths.some((path) => path.includes('/followers'))).toBe(true);
  expect(paths.some((path) => path.includes('/timelines/'))).toBe(true);
});

test.each([[[]], [['social']]] as Domain[][][])(
  'what is deployed for the domains %j is their document',
  (domains) => {
    expect(bundledDocuments(domains)).toEqual([
      JSON.parse(JSON.stringify(openApiDocument(domains))),
    ]);
  },
  30_000,
);
