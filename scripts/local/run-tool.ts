import { spawn } from 'node:child_process';

export interface ToolResult {
  readonly outcome: 'done' | 'failed' | 'missing' | 'timed-out';
  /** stdout and stderr as they came. */
  readonly output: string;
}

export interface ToolOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly workingDirectory?: string;
  readonly timeoutMilliseconds?: number;
  /** Ends the tool and everything it started. */
  readonly signal?: AbortSignal;
  /** Gets each line as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Runs a program to its end in a group of its own; never rejects for what the program does. */
export async function runTool(
  command: string,
  args: readonly string[],
  options: ToolOptions = {},
): Promise<ToolResult> {
  const child = spawn(command, [...args], {
    cwd: options.workingDirectory,
    env: options.environment ?? process.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let rest = '';
  const collect = (chunk: string) => {
    output += chunk;
    const lines = (rest + chunk).split(/\r?\n|\r/u);
    rest = lines.pop() ?? '';
    for (const line of lines) options.onLine?.(line);
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', collect);
  }
  const tooLong = AbortSignal.timeout(options.timeoutMilliseconds ?? 600_000);
  const stop = AbortSignal.any(
    options.signal === undefined ? [tooLong] : [tooLong, options.signal],
  );
  const end = () => endGroup(child.pid);
  stop.addEventListener('abort', end);
  if (stop.aborted) end();
  const outcome = await new Promise<ToolResult['outcome']>((resolve) => {
    child.once('error', () => resolve('missing'));
    child.once('close', (code) => resolve(code === 0 ? 'done' : 'failed'));
  });
  stop.removeEventListener('abort', end);
  return { outcome: tooLong.aborted ? 'timed-out' : outcome, output };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}
