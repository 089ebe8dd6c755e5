import { sqsJobQueue } from '../shared/job-queue.ts';
import type { JobQueue } from '../shared/job-queue.ts';
import type { PostJob } from './contract.ts';

/** The queue of the post worker. A hook with many posts delays no other one's (SQS "fair queues"). */
export function postJobQueue(queueUrl: string): JobQueue<PostJob> {
  return sqsJobQueue<PostJob>(queueUrl, { groupOf: ({ hook }) => hook });
}
