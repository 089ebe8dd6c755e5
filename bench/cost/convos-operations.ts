import { once, together } from './prices.ts';
import type { Operation, Usage } from './prices.ts';
import { job, passedOver, relayed, relayedJob, request } from './work.ts';
import type { TableWork } from './work.ts';

/** What messages and threads use, with all that follows. @param work what was measured */
export function convosOperations(work: (operation: string) => TableWork): Operation[] {
  const reading = (operation: string): Usage => request(work(operation));
  return [
    {
      name: 'thread started',
      usage: together(
        once(request(work('start a thread'))),
        // Both sides are new, of which the relay is not called.
        once(relayed()),
        // It is told of beside its first message.
        once({ busEvent: 1 }),
      ),
    },
    {
      name: 'reply in a thread',
      usage: together(
        once(request(work('reply in a thread with messages both ways'))),
        // The relay hears of the message, and of the sides of its two.
        once(relayed()),
        { times: 2, usage: passedOver() },
      ),
    },
    {
      name: 'message marked as read',
      usage: together(once(request(work('mark a message as read'))), once(relayed())),
    },
    {
      name: 'thread marked as read',
      usage: together(once(request(work('mark a whole thread as read'))), once(relayed())),
    },
    { name: 'page of 20 threads', usage: reading('page of 20 threads') },
    { name: 'page of 20 threads of a folder', usage: reading('page of 20 threads, inbox') },
    {
      name: 'page of 20 messages of a thread',
      usage: reading('page of 20 messages of a thread'),
    },
    {
      name: 'the same with whole bodies',
      usage: reading('page of 20 messages of a thread, with whole bodies'),
    },
    { name: 'count of unread messages', usage: reading('count of unread messages') },
    {
      name: 'thread of 20 messages deleted, by the second of its two',
      usage: together(
        once(request(work('delete a thread'))),
        once(relayedJob()),
        once(job(work('removal of 20 messages of a deleted thread'))),
        once(relayedJob()),
        once(job(work('release of 20 messages that neither keeps'))),
      ),
    },
  ];
}
