import type { SQSEvent } from 'aws-lambda';
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

/** The events of a queue that has these jobs, as Lambda hands them to one run after the other. */
export function runsOf(jobs: readonly PostJob[]): SQSEvent[] {
  const runs: SQSEvent[] = [];
  for (let start = 0; start < jobs.length; start += messagesPerRun) {
    const part = jobs.slice(start, start + messagesPerRun);
    runs.push({
      Records: part.map((job, index) => ({
        ...jobMessage(job),
        messageId: `message-${String(index)}`,
      })),
    });
  }
  return runs;
}

/** Runs the handler with each of these, one after the other; all of their jobs must be done then. */
export async function runWorker(handler: QueueHandler, runs: readonly SQSEvent[]): Promise<void> {
  for (const run of runs) {
    const { batchItemFailures } = await handler(run, context);
    const { length } = batchItemFailures;
    if (length > 0)
      throw new Error(`${String(length)} jobs of ${String(run.Records.length)} failed`);
  }
}
