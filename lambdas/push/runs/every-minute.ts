import type { NewUlid } from '../../shared/identifier.ts';
import type { Meter } from '../../shared/metrics.ts';
import { checkQueue } from '../queue/check-queue.ts';
import type { PushSettings } from '../settings.ts';
import { dispatch } from './dispatch.ts';
import type { LaneStore } from './lane-store.ts';
import { recover } from './recover.ts';
import { revive } from './revive.ts';
import type { RunParts } from './run-parts.ts';

export interface MinuteParts extends RunParts {
  lanes: LaneStore;
  settings: Pick<PushSettings, 'checkOldAgeSeconds' | 'checkTooOldAgeSeconds'>;
  meter: Pick<Meter, 'gauge'>;
  newUlid: NewUlid;
}

/**
 * Takes rows from dead workers, has runs that lost theirs go on, starts a run when something is NEW, and
 * measures how long that has waited. A step that fails leaves the others alone.
 *
 * @returns numbers for the log
 * @throws AggregateError of the steps that failed
 */
export async function everyMinute(parts: MinuteParts): Promise<Record<string, number>> {
  const done: Record<string, number> = {};
  const failures: unknown[] = [];
  const step = async (name: string, work: () => Promise<number>): Promise<void> => {
    try {
      done[name] = await work();
    } catch (error) {
      failures.push(error);
    }
  };
  await step('recovered', () => recover(parts));
  await step('started', async () => {
    const goingOn = await revive(parts, await parts.runs.running());
    const ulid = parts.newUlid(parts.now());
    const isStarted = await dispatch(parts, { ulid, evenIfIdle: false, besides: goingOn });
    return isStarted ? 1 : 0;
  });
  await step('oldestSeconds', async () => {
    const { oldestSeconds } = await checkQueue(parts);
    parts.meter.gauge('OldestPushSeconds', oldestSeconds, 'Seconds');
    return oldestSeconds;
  });
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('; '));
  return done;
}
