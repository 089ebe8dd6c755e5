import type { Result } from '../result.ts';
import { convosOperations } from './convos-operations.ts';
import { once, together } from './prices.ts';
import type { Operation } from './prices.ts';
import { pushOperations } from './push-operations.ts';
import { job, measuredWork, relayed, request } from './work.ts';
import type { TableWork } from './work.ts';
import { webhooksOperations } from './webhooks-operations.ts';

/** Followers of one job of a fan-out, by default. */
const chunkSize = 100;

/** What each operation uses, with all that follows from it, by the measured consumption. */
export function operations(results: readonly Result[]): Operation[] {
  const work = measuredWork(results);
  // Imports and removals were measured with both their passes, each a job.
  const twoPasses = (operation: string) => ({ times: 2, usage: job(half(work(operation))) });
  const importing = twoPasses('import of 20 actions after a follow');
  const removing = twoPasses('removal of 20 actions after an unfollow');
  const perFollower = work('fan-out, for one follower');
  const copies = (followers: number) => ({
    times: followers / chunkSize,
    usage: job({
      wru: perFollower.wru * chunkSize,
      rru: perFollower.rru * chunkSize,
      calls: perFollower.calls * chunkSize,
    }),
  });
  // The planner's own reads are measured with those of the chunks.
  const planner = once(job({ wru: 0, rru: 0, calls: 0 }));
  const posting = [once(request(work('post action'))), once(relayed()), planner];

  return [
    {
      name: 'follow, with the import of 20 actions',
      usage: together(once(request(work('follow'))), once(relayed()), importing),
    },
    {
      name: 'follow that closes a friendship, with the import of 20 actions',
      usage: together(
        once(request(work('follow that closes a friendship'))),
        once(relayed()),
        once({ busEvent: 1 }),
        importing,
      ),
    },
    {
      name: 'unfollow, with the removal of 20 actions',
      usage: together(once(request(work('unfollow'))), once(relayed()), removing),
    },
    {
      name: 'unfollow that ends a friendship, with the removal of 20 actions',
      usage: together(
        once(request(work('unfollow that ends a friendship'))),
        once(relayed()),
        once({ busEvent: 1 }),
        removing,
      ),
    },
    { name: 'counts of a resource', usage: request(work('counts')) },
    { name: 'page of followers', usage: request(work('list of followers (1 type filled of 4)')) },
    { name: 'action posted, without followers', usage: together(...posting) },
    {
      name: 'the same with Idempotency-Key',
      usage: together(
        once(request(work('post action with Idempotency-Key'))),
        once(relayed()),
        planner,
      ),
    },
    { name: 'action posted to 100 followers', usage: together(...posting, copies(100)) },
    { name: 'action posted to 10,000 followers', usage: together(...posting, copies(10_000)) },
    { name: 'copy for one follower', usage: together(copies(1)) },
    { name: 'page of 20 of a private timeline', usage: request(work('read private page of 20')) },
    { name: 'page of 20 of a public timeline', usage: request(work('read public page of 20')) },
    {
      name: 'unread count over 90 actions',
      usage: request(work('unread count over 90 actions')),
    },
    {
      name: 'trim of 50 rows, once a day for a timeline that is read and full',
      usage: job(work('trim of 50 rows behind 100')),
    },
    {
      name: 'rebuild of 20 actions, at the return after 21 days',
      usage: job(work('rebuild of 20 actions of 1 followed')),
    },
    ...convosOperations(work),
    ...webhooksOperations(work),
    ...pushOperations(work),
  ];
}

function half({ wru, rru, calls }: TableWork): TableWork {
  return { wru: wru / 2, rru: rru / 2, calls: calls / 2 };
}
