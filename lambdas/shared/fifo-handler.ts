import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type * as z from 'zod';
import type { DeleteMessages } from './delete-messages.ts';
import type { Log } from './log.ts';
import { jobOf, nameOf } from './queue-handler.ts';
import type { QueueHandler } from './queue-handler.ts';

/** A job of a FIFO queue. */
export interface FifoJob<Job> {
  job: Job;
  /** Rises with each message of the queue, whenever it is received; up to 39 digits. */
  sequence: string;
  /** When the message was first put into the queue, milliseconds since the epoch. */
  sentAtMs: number;
}

/**
 * The Lambda handler of a FIFO queue of jobs. The jobs of a group are run together, in their order,
 * groups side by side. When a run fails, for whatever reason, all of its group's messages are received
 * again, and no later one overtakes them: runs bear to be repeated. A message that is no job fails alone:
 * its group goes on without it, and it ends in the dead-letter queue. (Lambda developer guide, "Partial
 * batch responses" for FIFO queues: what was not processed after a failure is to be reported as well.)
 *
 * SQS gives out no further message of a group while one is in flight, and all of an invocation are until
 * it ends: messages of a group that is done are deleted at once when others are not.
 */
export function fifoHandler<S extends z.ZodType>(options: {
  schema: S;
  run: (group: string, jobs: readonly FifoJob<z.output<S>>[]) => Promise<void>;
  log: Log;
  /** Lets a group go on that is done before the others of its invocation. */
  deleteMessages?: DeleteMessages;
}): QueueHandler {
  const { schema, run, log, deleteMessages } = options;

  const failed = (records: readonly SQSRecord[], error: unknown): SQSRecord[] => {
    for (const record of records) {
      log.error('job failed', {
        ...nameOf(record),
        receiveCount: record.attributes.ApproximateReceiveCount,
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
    return [...records];
  };

  /** Those of the group that failed. */
  const runGroup = async (group: string, records: readonly SQSRecord[]): Promise<SQSRecord[]> => {
    const jobs: FifoJob<z.output<S>>[] = [];
    const good: SQSRecord[] = [];
    const bad: SQSRecord[] = [];
    for (const record of records) {
      try {
        jobs.push(fifoJobOf(schema, record));
        good.push(record);
      } catch (error) {
        bad.push(...failed([record], error));
      }
    }
    if (jobs.length === 0) return bad;
    try {
      await run(group, jobs);
      return bad;
    } catch (error) {
      return [...bad, ...failed(good, error)];
    }
  };

  /** What cannot be deleted now is deleted when the invocation ends. */
  const letGo = async (records: readonly SQSRecord[]): Promise<void> => {
    try {
      await deleteMessages?.(records.map(({ receiptHandle }) => receiptHandle));
    } catch (error) {
      log.warn('messages of a group were not deleted early', {
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
  };

  const runOneOf = async (
    count: number,
    group: string,
    records: readonly SQSRecord[],
  ): Promise<SQSRecord[]> => {
    const bad = await runGroup(group, records);
    if (count > 1 && bad.length === 0) await letGo(records);
    return bad;
  };

  return async (event, context): Promise<SQSBatchResponse> => {
    log.resetKeys();
    log.appendKeys({ requestId: context.awsRequestId });
    const groups = Map.groupBy(event.Records, ({ attributes }) => attributes.MessageGroupId ?? '');
    const runs = [...groups].map(async ([group, records]) => runOneOf(groups.size, group, records));
    const failures = (await Promise.all(runs)).flat();
    log.info('jobs', {
      received: event.Records.length,
      failed: failures.length,
      messages: event.Records.map(nameOf),
    });
    return { batchItemFailures: failures.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

function fifoJobOf<S extends z.ZodType>(schema: S, record: SQSRecord): FifoJob<z.output<S>> {
  const { SequenceNumber, SentTimestamp } = record.attributes;
  return {
    job: jobOf(schema, record.body),
    sequence: SequenceNumber ?? '',
    sentAtMs: Number(SentTimestamp),
  };
}
