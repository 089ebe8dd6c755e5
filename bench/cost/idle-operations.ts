import type { Result } from '../result.ts';
import { once, together } from './prices.ts';
import type { Operation } from './prices.ts';
import { assumed, measuredWork, scheduledRun } from './work.ts';

/** 365 days in twelve parts. */
const minutesPerMonth = 43_800;

/** What a month costs in which nobody calls. */
export function idleOperations(results: readonly Result[]): Operation[] {
  const work = measuredWork(results);
  const polls = minutesPerMonth * assumed.pollsPerMinute;
  return [
    {
      name: 'the look for due retries, once a minute',
      usage: together({
        times: minutesPerMonth,
        usage: scheduledRun(work('look for due retries when there are none')),
      }),
    },
    {
      name: 'the look for pushes, once a minute',
      usage: together({
        times: minutesPerMonth,
        usage: scheduledRun(work('look for pushes when there are none')),
      }),
    },
    { name: 'the secret of a target', usage: together(once({ secretMonth: 1 })) },
    { name: 'the key that keeps signing secrets', usage: together(once({ kmsKeyMonth: 1 })) },
    {
      name: 'Lambda’s polling of an empty queue, for each queue',
      usage: together({ times: polls, usage: { sqsRequest: 1 } }),
    },
    { name: 'the same of a FIFO queue', usage: { sqsGroupRequest: polls } },
  ];
}
