import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { progressEventSchema, showProgress } from './progress.ts';
import type { StackOptions } from './stack.ts';
import { stackFileSchema } from './stack-file.ts';
import { describeError, StartError } from './start-error.ts';
import { describeStack } from './summary.ts';
import { superviseStack } from './supervisor.ts';

type Options = Omit<StackOptions, 'signal' | 'report'>;

const childMark = 'SEQUITUR_DETACHED_CHILD';

/** What the process that keeps the stack tells the one that started it. */
const messageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), event: progressEventSchema }),
  z.object({ kind: z.literal('ready'), stack: stackFileSchema }),
  z.object({ kind: z.literal('failed'), text: z.string() }),
]);

type Message = z.infer<typeof messageSchema>;

/**
 * Starts the stack in a process that outlives this one, and returns when it runs. Interrupted
 * before that, or failed, it leaves nothing running.
 */
export async function startDetached(options: Options, steps: readonly string[]): Promise<void> {
  const { paths } = options;
  mkdirSync(paths.logDirectory, { recursive: true });
  const logFile = join(paths.logDirectory, 'stack.log');
  const log = openSync(logFile, 'w');
  const child = spawn(process.execPath, process.argv.slice(1), {
    cwd: paths.root,
    detached: true,
    env: { ...process.env, [childMark]: '1' },
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const interrupt = () => void child.kill('SIGTERM');
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, interrupt);
  const display = showProgress(steps, process.stdout.isTTY);
  try {
    const stack = await new Promise<z.infer<typeof stackFileSchema>>((resolve, reject) => {
      let failure = 'It ended while starting.';
      child.on('message', (raw) => {
        const message = messageSchema.parse(raw);
        if (message.kind === 'progress') display.report(message.event);
        else if (message.kind === 'ready') resolve(message.stack);
        else failure = message.text;
      });
      child.once('exit', () => {
        reject(new StartError(failure, `Its output is in ${logFile}.`));
      });
    });
    await display.close();
    process.stdout.write(`${await describeStack(stack, paths)}\nIt stays up until npm stop.\n`);
  } finally {
    await display.close();
    for (const name of signals) process.off(name, interrupt);
    if (child.connected) child.disconnect();
    child.unref();
  }
}

/** Whether this process was started to keep a detached stack. */
export function isDetachedChild(): boolean {
  return process.env[childMark] !== undefined;
}

/** Keeps the stack until it is told to end, reporting to the process that started this one. */
export async function superviseDetached(options: Options): Promise<void> {
  const environment = { ...options.environment };
  delete environment[childMark];
  // Whoever started this may be gone any time; that is no reason to end.
  process.on('error', () => undefined);
  try {
    await superviseStack({
      options: {
        ...options,
        environment,
        report: (event) => tell({ kind: 'progress', event }),
      },
      detached: true,
      onReady: (stack) => {
        tell({ kind: 'ready', stack });
        return Promise.resolve();
      },
      onEnding: (reason) => process.stdout.write(`Ending the stack (${reason}).\n`),
    });
  } catch (error) {
    tell({ kind: 'failed', text: describeError(error) });
    throw error;
  } finally {
    if (process.connected) process.disconnect();
  }
}

function tell(message: Message): void {
  if (process.connected) process.send?.(message);
}
