import type { MemoryQueue } from './memory-queue.ts';

/** The properties of an event source mapping, named as the Lambda API names them. */
export interface StreamMappingOptions {
  /** 1-10,000. @default 100 */
  batchSize?: number;
  /** @default false */
  bisectBatchOnFunctionError?: boolean;
  /** 0-10,000; -1: until the records are too old. @default -1 */
  maximumRetryAttempts?: number;
  /** 60-604,800; -1: until the stream forgets them after 24 hours. @default -1 */
  maximumRecordAgeInSeconds?: number;
  /** @default false */
  reportBatchItemFailures?: boolean;
  /** 1-10 batches at once. @default 1 */
  parallelizationFactor?: number;
  /** Gets a message for each discarded batch. @default the records vanish without a trace */
  onFailure?: MemoryQueue;
}

export type StreamMapping = Required<Omit<StreamMappingOptions, 'onFailure'>> &
  Pick<StreamMappingOptions, 'onFailure'>;

/**
 * Fills in AWS's defaults, which are rarely what one wants: a bad record blocks its shard for a day.
 * (Lambda developer guide, "Lambda parameters for Amazon DynamoDB event source mappings".)
 *
 * @throws RangeError for what CreateEventSourceMapping refuses.
 */
export function streamMapping(options: StreamMappingOptions): StreamMapping {
  const mapping: StreamMapping = {
    batchSize: 100,
    bisectBatchOnFunctionError: false,
    maximumRetryAttempts: -1,
    maximumRecordAgeInSeconds: -1,
    reportBatchItemFailures: false,
    parallelizationFactor: 1,
    ...options,
  };
  within('batchSize', mapping.batchSize, 1, 10_000);
  within('maximumRetryAttempts', mapping.maximumRetryAttempts, -1, 10_000);
  if (mapping.maximumRecordAgeInSeconds !== -1) {
    within('maximumRecordAgeInSeconds', mapping.maximumRecordAgeInSeconds, 60, 604_800);
  }
  within('parallelizationFactor', mapping.parallelizationFactor, 1, 10);
  return mapping;
}

function within(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} is a whole number from ${least} to ${most}, not ${value}`);
  }
}
