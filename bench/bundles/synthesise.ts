import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { failureExcerpt } from '../../scripts/local/cdk-failure.ts';
import { readStacks } from '../../scripts/local/cloud-assembly.ts';
import { runTool } from '../../scripts/local/run-tool.ts';

const root = join(import.meta.dirname, '..', '..');

/** A folder of its own, so that what others synthesise is left alone. */
const assembly = join(root, 'bench', '.cache', 'cdk.out');

/** Longest that a synthesis with all bundles may take. */
const timeoutMilliseconds = 120_000;

/** A URL, because queues are named by one, on a port that nothing listens on. */
const knownOnDeployment = 'http://127.0.0.1:9/known-on-deployment';

const functionSchema = z.object({
  Code: z.object({ S3Key: z.string() }),
  Environment: z.object({
    Variables: z.record(z.string(), z.string().catch(knownOnDeployment)),
  }),
});

/** A function as it is deployed. */
export interface Bundle {
  /** Where it stands in the application, e.g. `FollowsApi`. */
  name: string;
  /** The module with its handler. */
  file: string;
  bytes: number;
  /** Its environment; what only a deployment knows leads nowhere. */
  environment: Record<string, string>;
}

/** The functions of all stacks, built by a `cdk synth` of this application. */
export async function synthesiseBundles(): Promise<Bundle[]> {
  await rm(assembly, { recursive: true, force: true });
  const { outcome, output } = await runTool(
    join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk'),
    [
      'synth',
      '--quiet',
      '--no-notices',
      `--output=${assembly}`,
      '--context=sequitur:auth.issuer=https://issuer.example.org',
    ],
    { workingDirectory: root, timeoutMilliseconds },
  );
  if (outcome !== 'done') throw new Error(`cdk synth ${outcome}:\n${failureExcerpt(output)}`);
  const stacks = await readStacks(assembly);
  const functions = stacks.flatMap(({ resources }) =>
    resources.filter(({ type }) => type === 'AWS::Lambda::Function'),
  );
  return Promise.all(
    functions.map(async ({ logicalId, properties }) => {
      const { Code, Environment } = functionSchema.parse(properties);
      const file = join(assembly, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, 'index.mjs');
      const { size } = await stat(file);
      const name = logicalId.slice(0, -8);
      return { name, file, bytes: size, environment: Environment.Variables };
    }),
  );
}
