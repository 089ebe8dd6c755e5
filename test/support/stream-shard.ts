import { createHash } from 'node:crypto';
import type { DynamoDBRecord } from 'aws-lambda';
import { createdAtMs, sequenceNumberOf } from './dynamodb-stream-record.ts';
import type { Batch } from './stream-batch-rules.ts';
import type { StreamMapping } from './stream-mapping-options.ts';

/** Records whose order is kept: one batch at a time, the parts of a split one after the other. */
export interface Lane {
  waiting: DynamoDBRecord[];
  /** What is under way, next first. */
  batches: Batch[];
}

/**
 * A shard, divided as ParallelizationFactor says. "Lambda still ensures in-order processing at the item
 * (partition and sort key) level": records of one item share a lane, those of one partition key need not.
 * (Developer guide, "Using AWS Lambda with Amazon DynamoDB", "Polling and batching streams".)
 *
 * @throws RangeError for records that are not in the order of their sequence numbers.
 */
export function lanesOf(records: readonly DynamoDBRecord[], mapping: StreamMapping): Lane[] {
  const lanes: Lane[] = Array.from({ length: mapping.parallelizationFactor }, () => ({
    waiting: [],
    batches: [],
  }));
  let last = -1n;
  for (const record of records) {
    const sequenceNumber = BigInt(sequenceNumberOf(record));
    if (sequenceNumber <= last)
      throw new RangeError('a stream is in order of its sequence numbers');
    last = sequenceNumber;
    lanes[laneNumber(record, lanes.length)]?.waiting.push(record);
  }
  return lanes;
}

/** When the lane has something to hand to the function; Infinity when it is empty. */
export function dueAtMs({ batches: [next], waiting: [newest] }: Lane): number {
  if (next) return next.dueAtMs;
  return newest ? createdAtMs(newest) : Infinity;
}

/** Takes what is next: the rest of a batch under way, or as many new records as there are by now. */
export function takeBatch(lane: Lane, batchSize: number, nowMs: number): Batch {
  const next = lane.batches.shift();
  if (next) return next;
  const notYet = lane.waiting.findIndex((record) => createdAtMs(record) > nowMs);
  const ready = notYet === -1 ? lane.waiting.length : notYet;
  return {
    records: lane.waiting.splice(0, Math.min(batchSize, ready)),
    retries: 0,
    dueAtMs: nowMs,
  };
}

function laneNumber(record: DynamoDBRecord, lanes: number): number {
  const keys = Object.entries(record.dynamodb?.Keys ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(keys)).digest().readUInt32BE(0) % lanes;
}
