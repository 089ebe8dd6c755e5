import { queueHandler } from '../../lambdas/shared/queue-handler.ts';
import type { QueueHandler } from '../../lambdas/shared/queue-handler.ts';
import { postJob } from '../../lambdas/webhooks/contract.ts';
import type { PostJob } from '../../lambdas/webhooks/contract.ts';
import { work } from '../../lambdas/webhooks/post-worker.ts';
import type { PostWorkerParts } from '../../lambdas/webhooks/post-worker.ts';
import { lambdaContext } from '../../test/support/lambda-context.ts';
import { silentLog } from '../../test/support/silent-log.ts';
import { jobMessage } from '../bundles/sample-call.ts';

/** Messages that a run gets, and posts at once (the mapping's batch size). */
export const messagesPerRun = 10;

const context = lambdaContext('post', 'request-1');

/** The post worker's Lambda handler, as its `post.lambda.ts` composes it; nothing is logged. */
export function postHandler(parts: PostWorkerParts): QueueHandler {
  return queueHandler({ schema: postJob, run: (job) => work(parts, job), log: silentLog() });
}

/** Runs the handler again and again, one run after the other, until the jobs are done. */
export async function runWorker(handler: QueueHandler, jobs: readonly PostJob[]): Promise<void> {
  for (let start = 0; start < jobs.length; start += messagesPerRun) {
    const part = jobs.slice(start, start + messagesPerRun);
    const Records = part.map((job, index) => ({
      ...jobMessage(job),
      messageId: `message-${String(index)}`,
    }));
    const { batchItemFailures } = await handler({ Records }, context);
    if (batchItemFailures.length > 0) {
      throw new Error(`${String(batchItemFailures.length)} jobs of ${String(part.length)} failed`);
    }
  }
}
