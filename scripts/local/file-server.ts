import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine, EngineContext, RunningEngine } from './engine.ts';
import { partnerAccount } from './partner-account.ts';
import { findFreePort, isFreePort } from './port.ts';
import { presetServer, takesConnections } from './preset-server.ts';
import { startProcessGroup } from './process-group.ts';
import { emulatorRequirements, ensurePythonEnvironment, pushRequirements } from './python-env.ts';
import type { PartnerServer, StackFile } from './stack-file.ts';
import { StartError } from './start-error.ts';
import { untilReady } from './until-ready.ts';

/** A server that partners would run, here as a Python script. */
export interface FileServerKind {
  readonly name: string;
  readonly scheme: 'sftp' | 'ftp';
  /** Names a server to use in place of this one. */
  readonly variable: 'SFTP_URL' | 'FTP_URL';
  /** Taken when it is free; another stack of this machine may have it. */
  readonly preferredPort: number;
  /** In this folder. */
  readonly script: string;
  /** What the script needs besides account, folder and port; files are below the folder given. */
  readonly environment: (directory: string) => Readonly<Record<string, string>>;
  /** Fingerprints of its keys once it runs, where the protocol has them. */
  readonly hostKeys?: (directory: string) => Promise<string[]>;
}

/**
 * The engine of such a server. What is uploaded lands in `<scheme>-root` below the stack's folder;
 * account and keys are kept beside the emulator's state, so that clients can keep them too.
 */
export function fileServerEngine(kind: FileServerKind): Engine {
  return {
    name: kind.name,
    domain: 'push',
    async requirePrerequisites({ environment, paths, report, signal }) {
      const preset = presetServer(environment, kind.variable);
      if (preset === undefined) {
        await ensurePythonEnvironment({
          directory: paths.pythonEnvironment,
          requirements: [emulatorRequirements, pushRequirements],
          report,
          signal,
        });
      } else if (!(await takesConnections(preset))) {
        throw new StartError(
          `Nothing answers at ${kind.variable} (${preset.url}).`,
          `Start it, or unset ${kind.variable} to have a server started for you.`,
        );
      }
    },
    async start(context) {
      const preset = presetServer(context.environment, kind.variable);
      if (preset === undefined) return startFileServer(kind, context);
      return { stack: stackOf(kind, preset), stop: () => Promise.resolve() };
    },
  };
}

async function startFileServer(
  kind: FileServerKind,
  { paths, environment }: EngineContext,
): Promise<RunningEngine> {
  const directory = join(paths.stateDirectory, kind.scheme);
  const root = join(paths.directory, `${kind.scheme}-root`);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await mkdir(root, { recursive: true });
  const account = await partnerAccount(join(directory, 'account.json'));
  const host = '127.0.0.1';
  const port = (await isFreePort(kind.preferredPort)) ? kind.preferredPort : await findFreePort();
  const logFile = join(paths.logDirectory, `${kind.scheme}.log`);
  const group = await startProcessGroup({
    name: `The ${kind.name}`,
    command: join(paths.pythonEnvironment, 'bin', 'python'),
    // Without -B the module that the scripts share would leave its compiled form in this folder.
    args: ['-B', join(import.meta.dirname, kind.script)],
    environment: {
      PATH: environment['PATH'] ?? '',
      HOME: directory,
      TMPDIR: paths.temporaryDirectory,
      SERVER_USER: account.user,
      SERVER_PASSWORD: account.password,
      SERVER_ROOT: root,
      SERVER_PORT: String(port),
      ...kind.environment(directory),
    },
    workingDirectory: directory,
    logFile,
  });
  const isReady = () => takesConnections({ host, port });
  await untilReady({ name: `The ${kind.name}`, group, logFile, isReady });
  const url = `${kind.scheme}://${host}:${String(port)}/`;
  const hostKeys = await kind.hostKeys?.(directory);
  return {
    stack: stackOf(kind, { host, port, ...account, root, url, ...(hostKeys && { hostKeys }) }),
    process: { pid: group.pid, identity: group.identity },
    ended: group.ended,
    stop: group.stop,
  };
}

function stackOf({ scheme }: FileServerKind, server: PartnerServer): Partial<StackFile> {
  return { [scheme]: server };
}
