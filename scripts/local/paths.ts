import { join, resolve } from 'node:path';

export interface LocalPaths {
  /** The repository's root. */
  readonly root: string;
  /** What this stack owns: state, logs, records. `SEQUITUR_LOCAL_DIR` moves it, so that a second stack (an end-to-end run) can live beside the daily one. */
  readonly directory: string;
  /** What the running stack tells its clients: URLs and region. */
  readonly stackFile: string;
  /** Who runs the stack: process ids with their start times. */
  readonly runFile: string;
  readonly stateDirectory: string;
  readonly logDirectory: string;
  /** TMPDIR of every process that the stack starts; removed when the stack ends. */
  readonly temporaryDirectory: string;
  readonly issuerDirectory: string;
  readonly cloudAssembly: string;
  /** Python environment and downloaded engines are the same for every stack of this clone. */
  readonly pythonEnvironment: string;
  readonly engineDirectory: string;
}

const projectRoot = resolve(import.meta.dirname, '../..');

export function localPaths(
  environment: NodeJS.ProcessEnv = process.env,
  root: string = projectRoot,
): LocalPaths {
  const shared = join(root, '.local');
  const directory = resolve(root, environment['SEQUITUR_LOCAL_DIR'] || '.local');
  return {
    root,
    directory,
    stackFile: join(directory, 'stack.json'),
    runFile: join(directory, 'run.json'),
    stateDirectory: join(directory, 'state'),
    logDirectory: join(directory, 'logs'),
    temporaryDirectory: join(directory, 'tmp'),
    issuerDirectory: join(directory, 'issuer'),
    cloudAssembly: join(directory, 'cdk.out'),
    pythonEnvironment: join(shared, 'venv'),
    engineDirectory: join(shared, 'engines'),
  };
}
