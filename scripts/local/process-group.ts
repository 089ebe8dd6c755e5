import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isSameProcess, processIdentity } from './process-identity.ts';
import { StartError } from './start-error.ts';

export interface ProcessGroup {
  readonly pid: number;
  /** Start time of the leader, to recognise it later by id. */
  readonly identity: string;
  /** Settles when the leader ends: how it ended, in words. Never rejects. */
  readonly ended: Promise<string>;
  /** Asks the leader to end, then ends whatever is left of its group. Safe to repeat. */
  readonly stop: () => Promise<void>;
}

export interface GroupCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Gets stdout and stderr of the whole group; rewritten at each start. */
  readonly logFile: string;
}

/** Long enough for the emulator to write its state; then the group is killed. */
const graceMilliseconds = 15_000;
const pollMilliseconds = 50;

/**
 * Starts a process as leader of its own group, away from the terminal's Ctrl-C: the stack ends it
 * in order. Its standard input is a pipe that closes when this process dies, however it dies, so
 * that an engine can notice that nobody is left to end it.
 */
export async function startProcessGroup(options: GroupCommand): Promise<ProcessGroup> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'w');
  const child = spawn(options.command, [...options.args], {
    cwd: options.workingDirectory,
    env: options.environment,
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not run: ${error.message}`));
    child.once('exit', (code, cause) =>
      resolve(cause === null ? `exit code ${String(code)}` : `signal ${cause}`),
    );
  });
  const { pid } = child;
  const identity = pid === undefined ? undefined : await processIdentity(pid);
  if (pid === undefined || identity === undefined) {
    throw new StartError(
      `${options.name} did not start (${await ended}).`,
      `Its output is in ${options.logFile}.`,
    );
  }
  return { pid, identity, ended, stop: () => stopProcessGroup(pid, identity) };
}

/** Ends a group by its leader's id, when that process is still the recorded one. */
export async function stopProcessGroup(pid: number, identity: string): Promise<void> {
  if (await isSameProcess(pid, identity)) {
    signal(pid, 'SIGTERM');
    for (let waited = 0; waited < graceMilliseconds; waited += pollMilliseconds) {
      if (!(await isSameProcess(pid, identity))) break;
      await delay(pollMilliseconds);
    }
  } else if ((await processIdentity(pid)) !== undefined) {
    return; // the id belongs to somebody else now, so its group does as well
  }
  signal(-pid, 'SIGKILL');
}

function signal(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    if (!isNoSuchProcess(error)) throw error;
  }
}

function isNoSuchProcess(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ESRCH';
}
