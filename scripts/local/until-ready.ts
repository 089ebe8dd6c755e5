import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessGroup } from './process-group.ts';
import { StartError } from './start-error.ts';

/** A cold start takes 2 to 3 s; a busy machine or a slow disk takes longer. */
const timeoutMilliseconds = 30_000;
const pollMilliseconds = 50;

export interface Starting {
  readonly name: string;
  readonly group: ProcessGroup;
  readonly logFile: string;
  readonly isReady: () => Promise<boolean>;
}

/** Waits until a started server answers; when it ends or stays silent, ends its group and throws. */
export async function untilReady({ name, group, logFile, isReady }: Starting): Promise<void> {
  const end = new AbortController();
  void group.ended.then((how) => end.abort(how));
  for (let waited = 0; waited < timeoutMilliseconds; waited += pollMilliseconds) {
    if (end.signal.aborted) break;
    if (await isReady()) return;
    await delay(pollMilliseconds);
  }
  await group.stop();
  const how = end.signal.aborted ? `ended at once (${String(end.signal.reason)})` : 'is silent';
  throw new StartError(`${name} ${how}.`, `Its output is in ${logFile}.`);
}

/** Whether a server answers at all, with whatever status. */
export async function answers(url: string): Promise<boolean> {
  try {
    await fetch(url);
    return true;
  } catch {
    return false;
  }
}
