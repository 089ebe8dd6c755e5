import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommandLine } from '../../../bin/cli/run.ts';
import type { Connection } from '../../../bin/cli/connection.ts';

export interface Run {
  url?: string;
  environment?: Record<string, string | undefined>;
  local?: Connection;
  /** All three streams are terminals. */
  terminal?: boolean;
  columns?: number;
  /** Its abort is Ctrl-C; the reason is the exit code. */
  interruption?: AbortController;
  /** Nothing is typed and the input does not end. */
  silent?: boolean;
  /** What is typed, once; an empty text with `ends` is Ctrl-D. */
  typed?: string | Buffer;
  /** Called before each pause of a wait, with its length; the pause itself takes no time. */
  onPause?: (milliseconds: number, interrupt: () => void) => void;
}

/** Runs a command line in this process on streams of its own. */
export async function run(words: string[], options: Run = {}) {
  const { terminal = false, columns = 200, interruption = new AbortController() } = options;
  const stream = () => Object.assign(new PassThrough(), { isTTY: terminal, columns });
  const [stdin, stdout, stderr] = [stream(), stream(), stream()];
  let clock = 0;
  if (options.silent !== true) stdin.end(options.typed ?? '');
  const exitCode = await runCommandLine(words, {
    environment: {
      ...(options.url !== undefined && { SEQUITUR_URL: options.url, SEQUITUR_TOKEN: 'a.b.c' }),
      ...options.environment,
    },
    stdin,
    stdout,
    stderr,
    interrupted: interruption.signal,
    now: () => clock,
    sleep: async (milliseconds, signal) => {
      options.onPause?.(milliseconds, () => interruption.abort(130));
      clock += milliseconds;
      await sleep(0, undefined, { signal });
    },
    newKey: () => 'random-key',
    localConnection: () => Promise.resolve(options.local),
  });
  return { exitCode, stdout: textOf(stdout), stderr: textOf(stderr) };
}

function textOf(stream: PassThrough): string {
  const chunk = stream.read() as Buffer | null;
  return chunk?.toString() ?? '';
}
