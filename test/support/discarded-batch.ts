import type { DynamoDBRecord } from 'aws-lambda';
import { createdAtMs, sequenceNumberOf } from './dynamodb-stream-record.ts';
import { functionArn } from './lambda-context.ts';

/** Why a stream mapping gave records up. */
export type DiscardCondition = 'RetryAttemptsExhausted' | 'RecordAgeExceeded';

/**
 * What the on-failure destination of a DynamoDB stream mapping gets: a description of the batch. The
 * records are not in it; they have to be read from the stream by their sequence numbers, within its
 * 24 hours. (Lambda developer guide, "Retain discarded records for a DynamoDB event source".)
 */
export interface DiscardedBatch {
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: DiscardCondition;
    approximateInvokeCount: number;
  };
  responseContext: {
    statusCode: number;
    executedVersion: string;
    functionError: 'Unhandled' | null;
  };
  version: '1.0';
  timestamp: string;
  DDBStreamBatchInfo: {
    shardId: string;
    startSequenceNumber: string;
    endSequenceNumber: string;
    approximateArrivalOfFirstRecord: string;
    approximateArrivalOfLastRecord: string;
    batchSize: number;
    streamArn: string;
  };
}

export function discardedBatch(options: {
  records: readonly DynamoDBRecord[];
  condition: DiscardCondition;
  functionName: string;
  requestId: string;
  invokeCount: number;
  threw: boolean;
  atMs: number;
}): DiscardedBatch {
  const first = options.records.at(0);
  const last = options.records.at(-1);
  if (!first || !last) throw new RangeError('a discarded batch holds a record');
  return {
    requestContext: {
      requestId: options.requestId,
      functionArn: functionArn(options.functionName),
      condition: options.condition,
      approximateInvokeCount: options.invokeCount,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      functionError: options.threw ? 'Unhandled' : null,
    },
    version: '1.0',
    timestamp: new Date(options.atMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000001767225600000-00000001',
      startSequenceNumber: sequenceNumberOf(first),
      endSequenceNumber: sequenceNumberOf(last),
      approximateArrivalOfFirstRecord: new Date(createdAtMs(first)).toISOString(),
      approximateArrivalOfLastRecord: new Date(createdAtMs(last)).toISOString(),
      batchSize: options.records.length,
      streamArn: first.eventSourceARN ?? '',
    },
  };
}
