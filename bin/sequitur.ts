#!/usr/bin/env node
import { randomUUID } from 'node:crypto';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { localConnection } from './cli/local-connection.ts';
import { runCommandLine } from './cli/run.ts';

/** The command line on the real process: its arguments, streams and signals. */
export async function main(): Promise<void> {
  const interruption = new AbortController();
  // Once each: whoever presses Ctrl-C again means it, and the process ends at once.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interruption.abort(128 + constants.signals[signal]));
  }
  // The reader of the pipe has seen enough (`| head`).
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    environment: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    interrupted: interruption.signal,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
    now: () => Date.now(),
    newKey: randomUUID,
    localConnection,
  });
}

if (import.meta.main) await main();
