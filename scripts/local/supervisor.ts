import type { RunningEngine } from './engine.ts';
import { engines } from './engines.ts';
import { claimRun, releaseRun, updateRun, type RunRecord } from './run-record.ts';
import { StartError } from './start-error.ts';
import type { StackFile } from './stack-file.ts';
import { bringUpApplication, startEngines, type StackOptions } from './stack.ts';

export interface Supervised {
  readonly options: Omit<StackOptions, 'signal'>;
  readonly detached: boolean;
  readonly onReady: (stack: StackFile) => Promise<void>;
  /** Is told that the end has begun, and why. */
  readonly onEnding: (reason: string) => void;
}

/**
 * Runs the whole stack in this process until SIGINT, SIGTERM or SIGHUP, or until an engine ends by
 * itself, which throws. Whatever the end, everything that was started has ended when this returns.
 */
export async function superviseStack(supervised: Supervised): Promise<void> {
  const { options, detached, onReady, onEnding } = supervised;
  const { paths } = options;
  const end = new AbortController();
  const finish = (reason: unknown) => {
    if (!end.signal.aborted) end.abort(reason);
  };
  const asked = (name: NodeJS.Signals) => finish(new Asked(name));
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, asked);

  const running: RunningEngine[] = [];
  let claimed = false;
  try {
    let record: RunRecord = await claimRun(paths, detached);
    claimed = true;
    const all = { ...options, signal: end.signal };
    const leftOut = await startEngines(engines, all, async (started) => {
      running.push(started.running);
      const { name } = started.engine;
      void started.running.ended?.then((how) => finish(engineEnded(name, how, options)));
      if (started.running.process !== undefined) {
        const { pid, identity } = started.running.process;
        record = { ...record, engines: [...record.engines, { name, pid, identity }] };
        await updateRun(paths, record);
      }
    });
    await updateRun(paths, { ...record, leftOut: [...leftOut] });
    const offered: Partial<StackFile> = {};
    for (const { stack } of running) Object.assign(offered, stack);
    await onReady(await bringUpApplication(all, offered, leftOut));
    await aborted(end.signal);
  } catch (error) {
    finish(error);
  }
  const reason: unknown = end.signal.reason;
  onEnding(reason instanceof Error ? reason.message : String(reason));
  for (const engine of running.toReversed()) await engine.stop();
  if (claimed) await releaseRun(paths);
  for (const name of signals) process.off(name, asked);
  if (!(reason instanceof Asked)) throw reason;
}

/** Somebody asked for the end: not a failure. */
class Asked extends Error {
  override readonly name = 'Asked';
}

function engineEnded(
  name: string,
  how: string,
  { paths }: Pick<StackOptions, 'paths'>,
): StartError {
  return new StartError(
    `The ${name} ended by itself (${how}), so the stack ends.`,
    `Its output is in ${paths.logDirectory}. Start again: npm start`,
  );
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
}
