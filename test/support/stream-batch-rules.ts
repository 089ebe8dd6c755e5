import type { DynamoDBRecord } from 'aws-lambda';
import { readBatchResponse } from './batch-response.ts';
import { createdAtMs, sequenceNumberOf } from './dynamodb-stream-record.ts';
import type { StreamMapping } from './stream-mapping-options.ts';

/** Records that travel together: a batch, or what splits and partial successes left of one. */
export interface Batch {
  records: DynamoDBRecord[];
  /** Tries after the first that it has used up. */
  retries: number;
  /** Not handed to the function before. */
  dueAtMs: number;
}

export type StreamOutcome =
  | 'done'
  /** The whole batch. */
  | 'failed'
  /** From this sequence number on. */
  | { failedFrom: string };

/** DynamoDB developer guide, "Change data capture for DynamoDB Streams": kept for 24 hours. */
const retentionMs = 24 * 60 * 60_000;

/** AWS documents an exponential backoff between tries, without figures; these are ours. */
const firstWaitMs = 1000;
const longestWaitMs = 60_000;

/**
 * What a batch has lost by its age before it is handed to the function, for the first time or again:
 * Lambda retries "until the records expire, exceed the maximum age, or reach the retry quota". (Developer
 * guide, "Retain discarded records for a DynamoDB event source".)
 */
export function sortedByAge(
  records: readonly DynamoDBRecord[],
  mapping: StreamMapping,
  nowMs: number,
): { forgotten: DynamoDBRecord[]; tooOld: DynamoDBRecord[]; fresh: DynamoDBRecord[] } {
  const maximumAgeMs =
    mapping.maximumRecordAgeInSeconds === -1 ? Infinity : mapping.maximumRecordAgeInSeconds * 1000;
  const sorted = { forgotten: [], tooOld: [], fresh: [] } as ReturnType<typeof sortedByAge>;
  for (const record of records) {
    const ageMs = nowMs - createdAtMs(record);
    if (ageMs >= retentionMs) sorted.forgotten.push(record);
    else if (ageMs > maximumAgeMs) sorted.tooOld.push(record);
    else sorted.fresh.push(record);
  }
  return sorted;
}

/** What the function's answer means for its batch; what it threw means `failed`. */
export function outcomeOf(
  response: unknown,
  records: readonly DynamoDBRecord[],
  mapping: StreamMapping,
): StreamOutcome {
  // "These responses will not be processed by Lambda unless the ReportBatchItemFailures feature is
  // explicitly turned on." (Developer guide, "Configuring partial batch response with DynamoDB".)
  if (!mapping.reportBatchItemFailures) return 'done';
  const report = readBatchResponse(response, new Set(records.map(sequenceNumberOf)));
  if (report.failed === 'none') return 'done';
  if (report.failed === 'all') return 'failed';
  // "Lambda uses the record with the lowest sequence number as the checkpoint. Lambda then retries all
  // records starting from that checkpoint." (The same page.) They are numbers, not text.
  const [lowest = ''] = report.identifiers.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  return { failedFrom: lowest };
}

/** What becomes of a batch after an invocation: each of its records is in exactly one place. */
export function afterInvocation(
  batch: Batch,
  outcome: StreamOutcome,
  mapping: StreamMapping,
  nowMs: number,
): { done: DynamoDBRecord[]; again: Batch[]; exhausted: DynamoDBRecord[] } {
  if (outcome === 'done') return { done: batch.records, again: [], exhausted: [] };

  const partial = outcome !== 'failed';
  const from = partial
    ? batch.records.findIndex((record) => sequenceNumberOf(record) === outcome.failedFrom)
    : 0;
  const done = batch.records.slice(0, from);
  const left = batch.records.slice(from);

  // "Splitting batches doesn't consume the retry quota." (Developer guide, "Retain discarded records".)
  if (mapping.bisectBatchOnFunctionError) {
    const part = (records: DynamoDBRecord[]): Batch => ({ ...batch, records, dueAtMs: nowMs });
    // "The batch is bisected at the returned sequence number, and Lambda retries only the remaining
    // records." (Developer guide, "Configuring partial batch response with DynamoDB".)
    if (partial && from > 0) return { done, again: [part(left)], exhausted: [] };
    // "If your invocation fails, the batch is bisected regardless of ReportBatchItemFailures."
    if (!partial && left.length > 1) {
      const half = Math.ceil(left.length / 2);
      return { done, again: [part(left.slice(0, half)), part(left.slice(half))], exhausted: [] };
    }
  }

  if (mapping.maximumRetryAttempts !== -1 && batch.retries >= mapping.maximumRetryAttempts) {
    return { done, again: [], exhausted: left };
  }
  const waitMs = Math.min(firstWaitMs * 2 ** batch.retries, longestWaitMs);
  const again = [{ records: left, retries: batch.retries + 1, dueAtMs: nowMs + waitMs }];
  return { done, again, exhausted: [] };
}
