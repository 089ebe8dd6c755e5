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

const about = (domains: readonly Domain[]) => openApiDocument(domains).info.description;

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

test('convos add the paths of messages, threads and blocks', () => {
  const added = pathsOf(['convos']).filter((path) => !pathsOf([]).includes(path));
  expect(added.length).toBeGreaterThan(5);
  for (const path of added) expect(path).toMatch(/^\/v1\/(messages|threads|convos)(\/|$)/);
  expect(pathsOf(['social']).filter((path) => added.includes(path))).toEqual([]);
});

test('webhooks add the paths of hooks, deliveries and events', () => {
  const added = pathsOf(['webhooks']).filter((path) => !pathsOf([]).includes(path));
  expect(added.length).toBeGreaterThan(10);
  for (const path of added) {
    expect(path).toMatch(/^\/v1\/(hooks|deliveries|events|event-types)(\/|$)/);
  }
});

test('what it says of itself is what it has', () => {
  expect(about([])).toBe('What follows from a change.');
  expect(about(['convos'])).toBe('What follows from a change: messages between users.');
  expect(about(['social', 'convos'])).toBe(
    'What follows from a change: follows and timelines, messages between users.',
  );
});

test('refusals that pass say when to come back, others do not', () => {
  const paths = Object.values(openApiDocument(['social', 'convos']).paths ?? {});
  const operations = paths.flatMap((path): unknown[] => Object.values(path));
  const answers = operations.flatMap((operation) => {
    const { responses } = operation as { responses: Record<string, { headers?: object }> };
    return Object.entries(responses);
  });
  const waiting = answers.filter(([, { headers = {} }]) => 'retry-after' in headers);
  expect(new Set(waiting.map(([status]) => status))).toEqual(new Set(['429', '503']));
  expect(waiting).toHaveLength(
    answers.filter(([status]) => status === '429' || status === '503').length,
  );
});

test.each([[[]], [['social']], [['convos']], [['social', 'convos']]] as Domain[][][])(
  'what is deployed for the domains %j is their document',
  (domains) => {
    expect(bundledDocuments(domains)).toEqual([
      JSON.parse(JSON.stringify(openApiDocument(domains))),
    ]);
  },
  30_000,
);
