import { resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { config } from '../../config/index.ts';
import { withCallGraph } from './call-graph.ts';
import { environmentReadBy, usesOf } from './sdk-use.ts';
import type { Use } from './sdk-use.ts';
import { synthesised } from './synthesis.ts';
import {
  environmentOf,
  mappingRightsOf,
  otherPoliciesOf,
  rightsOf,
  standingRightsOf,
} from './template-rights.ts';

const root = resolve(import.meta.dirname, '../..');
const synthesis = synthesised();
const functions = Object.entries(synthesis.entries);

/** By entry file: what its code does and which environment it reads. */
const code = new Map<string, { uses: Set<Use>; environment: Set<string> }>();

beforeAll(async () => {
  const bundles = new Map<string, Set<string>>();
  for (const entry of Object.values(synthesis.entries)) bundles.set(entry, await modulesOf(entry));
  const modules = new Set([...bundles.values()].flatMap((bundle) => [...bundle]));
  withCallGraph(root, [...modules], (graph) => {
    for (const [entry, bundle] of bundles) {
      const path = `${root}/lambdas/${entry}`;
      const environment = environmentReadBy(graph, path);
      code.set(entry, { uses: usesOf(graph, path, bundle), environment });
    }
  });
}, 60_000);

/** Our own modules that esbuild puts into a bundle. */
async function modulesOf(entry: string): Promise<Set<string>> {
  const { metafile } = await build({
    entryPoints: [`${root}/lambdas/${entry}`],
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    metafile: true,
    write: false,
  });
  return new Set(Object.keys(metafile.inputs).map((path) => `${root}/${path}`));
}

test('every function has an entry file', () => {
  expect(functions.length).toBeGreaterThan(5);
  for (const [, entry] of functions) expect(entry).toMatch(/^\w+\/[\w-]+\.lambda\.ts$/);
});

test('roles have no rights but those of their policies', () => {
  expect(otherPoliciesOf(synthesis)).toEqual([]);
});

describe.each(functions)('%s', (fn, entry) => {
  const environment = environmentOf(synthesis, fn);

  test(`may do exactly what ${entry} does`, () => {
    const used = [...(code.get(entry)?.uses ?? [])].flatMap((use) => named(use, environment));
    const expected = new Set([
      ...used,
      ...mappingRightsOf(synthesis, fn),
      ...standingRightsOf(synthesis, fn),
    ]);
    expect([...rightsOf(synthesis, fn)].toSorted()).toEqual([...expected].toSorted());
  });

  test('allows no wildcard but that of tracing', () => {
    const wild = [...rightsOf(synthesis, fn)]
      // All objects of a bucket are its content, as all items are of a table.
      .map((right) => right.replace(/^(s3:\w+ \w+)\/\*$/, '$1'))
      .filter((right) => right.includes('*'));
    expect(wild.toSorted()).toEqual(['xray:PutTelemetryRecords *', 'xray:PutTraceSegments *']);
  });

  test('gets the environment that its code reads', () => {
    const names = Object.keys(environment).filter((name) => !/^(POWERTOOLS_|NODE_|UV_)/.test(name));
    expect(names.toSorted()).toEqual([...(code.get(entry)?.environment ?? [])].toSorted());
  });
});

/** Secrets of the targets that ship, also by the names under which AWS keeps them. */
const secretsOfTargets = config.pushTargets
  .flatMap(({ secret }) => secret ?? [])
  .flatMap((name) => [name, `${name}-??????`])
  .map((name) => `arn:AWS::Partition:secretsmanager:AWS::Region:AWS::AccountId:secret:${name}`);

/** What the configuration names, of which there may be many or none. */
const ofTargets: Readonly<Record<string, readonly string[]>> = {
  SECRETS_OF_TARGETS: secretsOfTargets,
  BUCKETS_OF_TARGETS: [],
};

/** A use with its resources as the template names them. */
function named(use: Use, environment: Record<string, string>): string[] {
  const pattern = /[A-Z]+(?:_[A-Z]+)+/;
  const name = pattern.exec(use)?.[0] ?? '';
  const resources = ofTargets[name] ?? [environment[name] ?? `(no ${name})`];
  return resources.map((resource) => use.replace(pattern, resource));
}
