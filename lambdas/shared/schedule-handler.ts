import type { Context, ScheduledEvent } from 'aws-lambda';
import type { Clock } from './identifier.ts';
import type { Log } from './log.ts';

export type ScheduleHandler = (event: ScheduledEvent, context: Context) => Promise<void>;

/** Time that a run keeps for what it has begun, before its function is stopped. */
const reserveMs = 15_000;

/**
 * The Lambda handler of a schedule. A run that fails fails its function: what it left is the next run's.
 *
 * @param options.run begins nothing more at its deadline; its numbers are logged
 */
export function scheduleHandler(options: {
  run: (deadlineMs: number) => Promise<Record<string, number>>;
  now: Clock;
  log: Log;
}): ScheduleHandler {
  const { run, now, log } = options;
  return async (_event, context) => {
    log.resetKeys();
    log.appendKeys({ requestId: context.awsRequestId });
    const done = await run(now() + context.getRemainingTimeInMillis() - reserveMs);
    log.info('run', done);
  };
}
