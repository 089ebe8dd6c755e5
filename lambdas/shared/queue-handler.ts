import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { PermanentError } from './errors.ts';
import type { Log } from './log.ts';

export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/** What a job's code may know of its message. */
export interface Delivered {
  /** When the message was first put into the queue, milliseconds since the epoch. */
  sentAtMs: number;
}

/**
 * The Lambda handler of a queue of jobs. Each message is parsed and run alone: those that fail, for
 * whatever reason, are received again and end in the dead-letter queue; the others are done.
 */
export function queueHandler<S extends z.ZodType>(options: {
  schema: S;
  run: (job: z.output<S>, delivered: Delivered) => Promise<void>;
  log: Log;
}): QueueHandler {
  const { schema, run, log } = options;
  const handleRecord = async (record: SQSRecord): Promise<void> => {
    try {
      await run(jobOf(schema, record.body), { sentAtMs: Number(record.attributes.SentTimestamp) });
    } catch (error) {
      log.error('job failed', {
        ...nameOf(record),
        receiveCount: record.attributes.ApproximateReceiveCount,
        error: error instanceof Error ? error : new Error(String(error)),
      });
      throw error;
    }
  };
  return async (event, context) => {
    log.resetKeys();
    log.appendKeys({ requestId: context.awsRequestId });
    const processor = new BatchProcessor(EventType.SQS);
    const response = await processPartialResponse(event, handleRecord, processor, {
      context,
      throwOnFullBatchFailure: false,
    });
    log.info('jobs', {
      received: event.Records.length,
      failed: response.batchItemFailures.length,
      messages: event.Records.map(nameOf),
    });
    return response;
  };
}

/** @throws PermanentError when the message is none. */
export function jobOf<S extends z.ZodType>(schema: S, body: string): z.output<S> {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new PermanentError('the message is not JSON');
  }
  const job = schema.safeParse(value);
  if (!job.success)
    throw new PermanentError(`the message is no job: ${z.prettifyError(job.error)}`);
  return job.data;
}

/** What jobs say of themselves, of which no text of a user's is any. */
const saying = z.object({
  eventId: z.string().optional(),
  kind: z.string().optional(),
  ref: z.string().optional(),
  owner: z.string().optional(),
});

/** What a message is found by: its id, the event it comes from, and what is to be done for whom. */
export function nameOf({
  messageId,
  body,
}: SQSRecord): z.output<typeof saying> & { messageId: string } {
  try {
    const job = saying.safeParse(JSON.parse(body));
    return { messageId, ...job.data };
  } catch {
    return { messageId };
  }
}
