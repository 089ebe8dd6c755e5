import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalPaths } from '../local/paths.ts';
import { findFreePort } from '../local/port.ts';
import { readLiveRun, removeDeadRun } from '../local/run-record.ts';
import type { StackFile } from '../local/stack-file.ts';
import { StartError } from '../local/start-error.ts';
import { holderMessageSchema } from './hold-stack.ts';

/** An emulator with much data takes some seconds to save it. */
const endMilliseconds = 30_000;
const pollMilliseconds = 100;

export interface HeldStack {
  readonly stack: StackFile;
  /** Ends every process of it; safe to repeat. */
  readonly end: () => Promise<void>;
}

/**
 * Starts a stack with nothing in it, on free ports, that ends with this process at the latest.
 * @param paths of a stack of its own: everything in its directory is removed first
 */
export async function startHeldStack(paths: LocalPaths): Promise<HeldStack> {
  await removeDeadRun(paths);
  const live = await readLiveRun(paths);
  if (live !== undefined) {
    throw new StartError(
      `Another test run of this clone has its stack up (process ${String(live.supervisor.pid)}).`,
      'Wait for it, or end it.',
    );
  }
  await rm(paths.directory, { recursive: true, force: true });
  await mkdir(paths.logDirectory, { recursive: true });
  const ports = { emulator: await findFreePort(), issuer: await findFreePort() };
  const logFile = join(paths.logDirectory, 'stack.log');
  const log = openSync(logFile, 'w');
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'hold-stack.ts'), JSON.stringify(ports)],
    {
      cwd: paths.root,
      // In a group of its own, a terminal's Ctrl-C ends it once, by way of this process.
      detached: true,
      env: { ...process.env, SEQUITUR_LOCAL_DIR: paths.directory, AWS_ENDPOINT_URL: '' },
      stdio: ['ignore', log, log, 'ipc'],
    },
  );
  closeSync(log);
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async () => {
    if (child.connected) child.disconnect();
    await exited;
  };
  const stack = await new Promise<StackFile>((resolve, reject) => {
    let failure = 'The stack ended while starting.';
    child.on('message', (raw) => {
      const message = holderMessageSchema.parse(raw);
      if (message.kind === 'ready') resolve(message.stack);
      else failure = message.text;
    });
    child.once('exit', () => reject(new StartError(failure, `Its output is in ${logFile}.`)));
  });
  return { stack, end };
}

/** Waits until a stack whose holder is gone has ended: it takes a moment to notice. */
export async function heldStackEnded(paths: LocalPaths): Promise<void> {
  for (let waited = 0; waited < endMilliseconds; waited += pollMilliseconds) {
    if ((await readLiveRun(paths)) === undefined) break;
    await delay(pollMilliseconds);
  }
  await removeDeadRun(paths);
}
