import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  HeadBucketCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import { failureExcerpt } from './cdk-failure.ts';
import { emulatorAccount, emulatorClient, emulatorVariables } from './emulator-client.ts';
import { readAssetBuckets, readStacks, type SynthesisedStack } from './cloud-assembly.ts';
import { isMinistack } from './emulator.ts';
import type { Domain } from './engine.ts';
import { localSettings } from './local-settings.ts';
import type { LocalPaths } from './paths.ts';
import { localTargetSettings } from './push-targets.ts';
import { runTool } from './run-tool.ts';
import type { StackFile } from './stack-file.ts';
import { StartError } from './start-error.ts';
import { localAudience } from './token.ts';

/** The API's id on the emulator. It stays the same for good: changing it means destroying the API. */
const apiTag = '5e9017a1';
/** Ten seconds on a machine that does nothing else; a minute and a half were seen on a busy one. */
const synthTimeoutMilliseconds = 240_000;
const deployTimeoutMilliseconds = 300_000;

export interface Deployment extends Pick<StackFile, 'sftp' | 'ftp'> {
  readonly paths: LocalPaths;
  readonly awsEndpoint: string;
  readonly region: string;
  readonly issuerUrl: string;
  /** Settings by their dotted names. */
  readonly settings: Readonly<Record<string, string>>;
  /** Domains whose stacks are not deployed. */
  readonly leftOut: readonly Domain[];
  readonly signal: AbortSignal;
}

/** The context that the application is synthesised with. */
export function synthesisContext({
  issuerUrl,
  settings,
  ...servers
}: Pick<Deployment, 'issuerUrl' | 'settings' | 'sftp' | 'ftp'>): Record<string, string> {
  const all = Object.entries({ ...localSettings, ...localTargetSettings(servers), ...settings });
  return {
    'sequitur:synthesizer': 'cli-credentials',
    'sequitur:plainHttp': 'allow',
    'sequitur:auth.issuer': issuerUrl,
    'sequitur:auth.audience': localAudience,
    'sequitur:apiTag': apiTag,
    ...Object.fromEntries(all.map(([name, value]) => [`sequitur:${name}`, value])),
  };
}

/** Builds templates and bundles, as `cdk synth` does for anybody, and returns the stacks to deploy. */
export async function synthesise(deployment: Deployment): Promise<SynthesisedStack[]> {
  const { paths, leftOut } = deployment;
  const options = Object.entries(synthesisContext(deployment)).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  // Bundles of earlier code would pile up in it.
  await rm(paths.cloudAssembly, { recursive: true, force: true });
  await runCdk(deployment, 'synth', ['--quiet', '--output', paths.cloudAssembly, ...options], {
    timeoutMilliseconds: synthTimeoutMilliseconds,
  });
  const stacks = await readStacks(paths.cloudAssembly);
  return stacks.filter(({ name }) => !leftOut.some((domain) => name.endsWith(`-${domain}`)));
}

/** Deploys what was synthesised, and returns the API's address. Safe to repeat. */
export async function deploy(
  deployment: Deployment,
  stacks: readonly SynthesisedStack[],
  note: (progress: string) => void,
): Promise<string> {
  const { paths } = deployment;
  await createAssetBuckets(deployment);
  const outputs = join(paths.directory, 'outputs.json');
  await runCdk(
    deployment,
    'deploy',
    [
      ...stacks.map(({ name }) => name),
      '--app',
      paths.cloudAssembly,
      '--require-approval',
      'never',
      '--progress',
      'events',
      '--concurrency',
      '4',
      '--outputs-file',
      outputs,
    ],
    {
      timeoutMilliseconds: deployTimeoutMilliseconds,
      onLine: (line) => {
        const progress = resourceProgress(line);
        if (progress !== undefined) note(progress);
      },
    },
  );
  return apiUrl(deployment.awsEndpoint, JSON.parse(await readFile(outputs, 'utf8')));
}

/** `sequitur-core 12/40 AWS::Lambda::Function` of a line of `cdk deploy --progress events`. */
export function resourceProgress(line: string): string | undefined {
  const match =
    /^(?<stack>\S+) \|\s*(?<count>\d+\/\d+) \|[^|]*\| [A-Z_]+\s*\| (?<type>[\w:]+)/u.exec(line);
  const { stack, count, type } = match?.groups ?? {};
  return stack === undefined ? undefined : `${stack} ${count ?? ''} ${type ?? ''}`;
}

const outputsSchema = z.record(
  z.string(),
  z.object({ ApiId: z.string().optional(), ApiEndpoint: z.string().optional() }),
);

/**
 * Our emulator serves an API below its own address; others answer at what the output says. The
 * stage `$default` is written so that the address can be pasted into a shell.
 */
async function apiUrl(awsEndpoint: string, outputs: unknown): Promise<string> {
  const core = Object.entries(outputsSchema.parse(outputs)).find(([name]) =>
    name.endsWith('-core'),
  );
  const { ApiId, ApiEndpoint } = core?.[1] ?? {};
  if (ApiId === undefined || ApiEndpoint === undefined) {
    throw new Error('the core stack has no outputs ApiId and ApiEndpoint');
  }
  return (await isMinistack(awsEndpoint))
    ? `${awsEndpoint}/_aws/execute-api/${ApiId}/%24default`
    : ApiEndpoint;
}

async function createAssetBuckets(deployment: Deployment): Promise<void> {
  const client = emulatorClient(S3Client, deployment);
  const { cloudAssembly } = deployment.paths;
  for (const Bucket of await readAssetBuckets(cloudAssembly, emulatorAccount, deployment.region)) {
    try {
      await client.send(new HeadBucketCommand({ Bucket }));
    } catch {
      await client.send(new CreateBucketCommand({ Bucket })).catch((error: unknown) => {
        if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
      });
    }
  }
  client.destroy();
}

/** Runs the CDK command line; its whole output goes to `logs/<command>.log`. */
async function runCdk(
  deployment: Deployment,
  command: 'synth' | 'deploy',
  args: readonly string[],
  options: { timeoutMilliseconds: number; onLine?: (line: string) => void },
): Promise<void> {
  const { paths, signal } = deployment;
  await mkdir(paths.logDirectory, { recursive: true });
  await mkdir(paths.temporaryDirectory, { recursive: true });
  const cli = join(paths.root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
  const { outcome, output } = await runTool(
    process.execPath,
    [cli, command, '--no-notices', '--no-color', '--ci', ...args],
    {
      ...options,
      signal,
      workingDirectory: paths.root,
      environment: cdkEnvironment(deployment),
    },
  );
  const logFile = join(paths.logDirectory, `${command}.log`);
  await writeFile(logFile, output);
  signal.throwIfAborted();
  if (outcome === 'done') return;
  const how = outcome === 'timed-out' ? 'took too long and was ended' : 'failed';
  throw new StartError(
    `cdk ${command} ${how}:\n${failureExcerpt(output)}`,
    `All of it is in ${logFile}.`,
  );
}

/** The caller's own AWS settings stay out: what is meant for the emulator never goes to an account. */
function cdkEnvironment(deployment: Deployment): NodeJS.ProcessEnv {
  const { paths } = deployment;
  return {
    ...emulatorVariables(deployment),
    PATH: [dirname(process.execPath), process.env['PATH'] ?? '/usr/bin:/bin'].join(':'),
    HOME: process.env['HOME'],
    CDK_HOME: join(paths.directory, 'cdk'),
    TMPDIR: paths.temporaryDirectory,
    CDK_DISABLE_VERSION_CHECK: '1',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
}
