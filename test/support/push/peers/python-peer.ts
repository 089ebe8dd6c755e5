import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { localPaths } from '../../../../scripts/local/paths.ts';
import {
  emulatorRequirements,
  ensurePythonEnvironment,
  pushRequirements,
} from '../../../../scripts/local/python-env.ts';

/** What a server is to do wrong. */
export interface Faults {
  /** Its process ends without a word once so many bytes were written. */
  diesAfter?: number;
  /** The disk is full. */
  fullAfter?: number;
  /** It goes on to say yes, and writes nothing. */
  dropsAfter?: number;
  /** It takes nothing more and says nothing more. */
  stallsAfter?: number;
  refusesRename?: boolean;
  /** Only of files of this ending, without telling why. */
  refusesRenameOf?: string;
  /** SFTP: it lacks OpenSSH's rename, and its own overwrites nothing. */
  hasNoPosixRename?: boolean;
  /** SFTP: it asks for the password in a dialogue. */
  asksInDialogue?: boolean;
  /** FTP: its rename overwrites nothing. */
  overwritesNothing?: boolean;
  /** FTP: the user may write nothing. */
  isReadOnly?: boolean;
}

/** Looked at once, not for each server. */
let environment: Promise<string> | undefined;

/** Starts a server written in Python, beside this file. @returns its port, and what ends it */
export async function startPythonPeer(
  script: string,
  options: Record<string, unknown>,
): Promise<{ port: number; stop: () => Promise<void> }> {
  environment ??= ensurePythonEnvironment({
    directory: localPaths().pythonEnvironment,
    requirements: [emulatorRequirements, pushRequirements],
  });
  const programs = await environment;
  const server = spawn(
    join(programs, 'python'),
    [join(import.meta.dirname, script), JSON.stringify(options)],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let complaints = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const ended = once(server, 'close');
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
  const first = await lines.next();
  if (first.done === true) throw new Error(`${script} did not start: ${complaints}`);
  const { port } = JSON.parse(first.value) as { port: number };
  return {
    port,
    stop: async () => {
      server.kill('SIGKILL');
      await ended;
    },
  };
}
