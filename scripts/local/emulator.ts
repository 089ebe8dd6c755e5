import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Engine, EngineContext, RunningEngine } from './engine.ts';
import { requireFreePort } from './port.ts';
import { startProcessGroup } from './process-group.ts';
import { emulatorRequirements, ensurePythonEnvironment } from './python-env.ts';
import { StartError } from './start-error.ts';
import { answers, untilReady } from './until-ready.ts';

export const localRegion = 'us-east-1';

/** The AWS emulator, or the one that `AWS_ENDPOINT_URL` names. */
export const emulatorEngine: Engine = {
  name: 'AWS emulator',
  domain: 'core',
  async requirePrerequisites({ environment, ports, paths, report, signal }) {
    if (presetEndpoint(environment) !== undefined) return;
    await requireFreePort(
      ports.emulator,
      'AWS emulator',
      'End what listens there, or choose another: npm start -- --port <port> (or SEQUITUR_PORT=<port>).',
    );
    await ensurePythonEnvironment({
      directory: paths.pythonEnvironment,
      requirements: [emulatorRequirements],
      report,
      signal,
    });
  },
  start(context) {
    const awsEndpoint = presetEndpoint(context.environment);
    return awsEndpoint === undefined ? startEmulator(context) : useRunningEmulator(awsEndpoint);
  },
};

async function startEmulator(context: EngineContext): Promise<RunningEngine> {
  const { paths, ports } = context;
  const awsEndpoint = `http://127.0.0.1:${String(ports.emulator)}`;
  await mkdir(paths.stateDirectory, { recursive: true });
  await mkdir(paths.temporaryDirectory, { recursive: true });
  // The emulator runs each function from a CommonJS script below here, and this project's own
  // package.json would have Node take it for an ES module.
  await writeFile(join(paths.temporaryDirectory, 'package.json'), '{ "type": "commonjs" }\n');
  const logFile = join(paths.logDirectory, 'emulator.log');
  const group = await startProcessGroup({
    name: 'The AWS emulator',
    command: join(paths.pythonEnvironment, 'bin', 'python'),
    // Without -B the module that it shares with others would leave its compiled form in this folder.
    args: ['-B', join(import.meta.dirname, 'emulator-launcher.py')],
    environment: emulatorEnvironment(context, awsEndpoint),
    workingDirectory: paths.directory,
    logFile,
  });
  const isReady = () => isMinistack(awsEndpoint);
  await untilReady({ name: 'The AWS emulator', group, logFile, isReady });
  return {
    stack: { awsEndpoint, region: localRegion },
    process: { pid: group.pid, identity: group.identity },
    ended: group.ended,
    stop: group.stop,
  };
}

/**
 * Only what is named here: every function inherits the emulator's whole environment, and on AWS
 * it would find nothing of the caller's. NODE_PATH stays out too, so that a package missing from
 * a bundle is missing here as well.
 */
function emulatorEnvironment(context: EngineContext, endpoint: string): Record<string, string> {
  const { paths, ports, environment } = context;
  const path = [
    dirname(process.execPath),
    join(paths.pythonEnvironment, 'bin'),
    environment['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  ];
  return {
    PATH: path.join(':'),
    HOME: paths.temporaryDirectory,
    TMPDIR: paths.temporaryDirectory,
    BIND_HOST: '127.0.0.1',
    // The host in the URLs that it gives out, of queues for instance.
    MINISTACK_HOST: '127.0.0.1',
    GATEWAY_PORT: String(ports.emulator),
    IOT_MTLS_ENABLED: '0',
    LOG_LEVEL: 'ERROR',
    MINISTACK_REGION: localRegion,
    AWS_ENDPOINT_URL: endpoint,
    AUTH: 'true',
    // No limit: the launcher has calls take turns instead of refusing them.
    LAMBDA_ACCOUNT_CONCURRENCY: '0',
    PERSIST_STATE: '1',
    STATE_DIR: join(paths.stateDirectory, 'services'),
    S3_PERSIST: '1',
    S3_DATA_DIR: join(paths.stateDirectory, 's3'),
  };
}

async function useRunningEmulator(awsEndpoint: string): Promise<RunningEngine> {
  if (!(await answers(awsEndpoint))) {
    throw new StartError(
      `Nothing answers at AWS_ENDPOINT_URL (${awsEndpoint}).`,
      'Start it, or unset AWS_ENDPOINT_URL to have an emulator started for you.',
    );
  }
  return { stack: { awsEndpoint, region: localRegion }, stop: () => Promise.resolve() };
}

/** Whether the endpoint is the emulator that this project starts, which has its own API URLs. */
export async function isMinistack(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}

/** The endpoint to use instead of starting an emulator, as it is written into `stack.json`. */
export function presetEndpoint(environment: NodeJS.ProcessEnv): string | undefined {
  const url = environment['AWS_ENDPOINT_URL'];
  return url === undefined || url === '' ? undefined : url.replace(/\/+$/u, '');
}
