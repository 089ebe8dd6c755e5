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
        messageId: record.messageId,
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

function jobOf<S extends z.ZodType>(schema: S, body: string): z.output<S> {
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

const ofEvent = z.object({ eventId: z.string() });

/** What a message is found by: its id, and that of the event it comes from where it names one. */
function nameOf({ messageId, body }: SQSRecord): { messageId: string; eventId?: string } {
  try {
    const job = ofEvent.safeParse(JSON.parse(body));
    return job.success ? { messageId, eventId: job.data.eventId } : { messageId };
  } catch {
    return { messageId };
  }
}
