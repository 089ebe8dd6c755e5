import { once, together } from './prices.ts';
import type { Operation } from './prices.ts';
import { inJob, job, passedOver, postingJob, postingRun, relayed, request } from './work.ts';
import type { TableWork } from './work.ts';

/** Events of the measured batch, and messages that a run of its lane got. */
const batch = { events: 100, messages: 10 };

/** What events and their deliveries use. @param work what was measured */
export function webhooksOperations(work: (operation: string) => TableWork): Operation[] {
  const unmatched = work('event matched, for no webhook');
  /** One more webhook that an event is for. */
  const matched = (operation: string) => once(inJob(beyond(work(operation), unmatched)));
  const perBatched = work('100 events into a batch of 100, ten a run, for one event');
  return [
    {
      name: 'event sent by the API, for no webhook',
      usage: together(
        once(request(work('custom event sent'))),
        once(relayed()),
        once(job(unmatched)),
      ),
    },
    { name: 'event of Sequitur’s own looked up, for no webhook', usage: job(unmatched) },
    {
      name: 'delivery to a webhook, at the first try',
      usage: together(
        matched('event matched, for one webhook'),
        once(postingJob(work('post that succeeds at the first try'))),
      ),
    },
    {
      name: 'the same with a payload of 2 KB',
      usage: together(
        matched('event of 2 KB matched, for one webhook'),
        once(postingJob(work('post of 2 KB that succeeds at the first try'))),
      ),
    },
    {
      name: 'delivery to a webhook in order, at the first try',
      usage: together(
        matched('event matched, for one webhook in order'),
        once(postingJob(work('post in order that succeeds at the first try'))),
      ),
    },
    {
      name: 'delivery in a batch of 100',
      usage: together(matched('event matched, for one webhook with batches'), {
        times: 1 / batch.messages,
        usage: postingRun(
          times(perBatched, batch.messages),
          batch.messages,
          batch.messages / batch.events,
        ),
      }),
    },
    {
      name: 'each try that fails',
      usage: together(
        once(postingJob(work('post that fails, not the first'))),
        // The relay hears how the webhook is doing.
        once(passedOver()),
      ),
    },
  ];
}

function beyond(whole: TableWork, part: TableWork): TableWork {
  return {
    wru: whole.wru - part.wru,
    rru: whole.rru - part.rru,
    calls: whole.calls - part.calls,
  };
}

function times({ wru, rru, calls }: TableWork, factor: number): TableWork {
  return { wru: wru * factor, rru: rru * factor, calls: calls * factor };
}
