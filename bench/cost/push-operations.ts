import { once, together } from './prices.ts';
import type { Operation } from './prices.ts';
import { job, passedOver, pushingJob, relayed, relayedJob, request } from './work.ts';
import type { TableWork } from './work.ts';

/** Rows of the run that was measured, each of one file. */
const rowsOfRun = 25;

/** What content and its pushes use, with all that follows. @param work what was measured */
export function pushOperations(work: (operation: string) => TableWork): Operation[] {
  return [
    {
      name: 'content put, selected by a rule for one target',
      usage: together(
        once(request(work('content put, changed'))),
        once(relayedJob()),
        once(job(work('content selected by a rule, for one target'))),
        // The relay hears of the row.
        once(passedOver()),
      ),
    },
    { name: 'content put, unchanged', usage: request(work('content put, unchanged')) },
    {
      name: 'push of one file to one target, in a run of 25',
      usage: together(
        {
          times: 1 / rowsOfRun,
          usage: pushingJob(
            work(`run that pushes ${String(rowsOfRun)} rows to one target`),
            rowsOfRun,
          ),
        },
        // The relay hears that a worker has the row, and tells of its end.
        once(passedOver()),
        once(relayed()),
      ),
    },
    {
      name: `page of ${String(rowsOfRun)} rows of the queue`,
      usage: request(work(`page of ${String(rowsOfRun)} rows of the queue`)),
    },
  ];
}
