import { marshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue, DynamoDBRecord } from 'aws-lambda';

type Item = Record<string, unknown>;

export interface StreamChange {
  keys: Record<string, string>;
  /** The item before the change; absent for an insert. Keys are added to it. */
  before?: Item;
  /** The item after the change; absent for a removal. Keys are added to it. */
  after?: Item;
  atMs: number;
}

export const streamArn =
  'arn:aws:dynamodb:us-east-1:123456789012:table/sequitur/stream/2026-01-01T00:00:00.000';

/** Where the numbers begin: as long as real ones, beyond what a JavaScript number holds exactly. */
const firstSequenceNumber = 100_000_000_003_126_276_398n;

/**
 * Changes of a table with NEW_AND_OLD_IMAGES as Lambda hands them to a function: sequence numbers rise
 * but not by one, times are whole seconds.
 *
 * @throws RangeError for a change from nothing to nothing.
 */
export function streamRecords(changes: readonly StreamChange[]): DynamoDBRecord[] {
  return changes.map(({ keys, before, after, atMs }, index) => {
    const eventName = before ? (after ? 'MODIFY' : 'REMOVE') : 'INSERT';
    if (!before && !after) throw new RangeError('a change has an image before or after it');
    return {
      eventID: `event-${index + 1}`,
      eventName,
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: streamArn,
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(atMs / 1000),
        Keys: image(keys),
        ...(before && { OldImage: image({ ...before, ...keys }) }),
        ...(after && { NewImage: image({ ...after, ...keys }) }),
        SequenceNumber: String(firstSequenceNumber + BigInt(index) * 7n),
        SizeBytes: JSON.stringify([keys, before, after]).length,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    };
  });
}

/** @throws RangeError for a record without one, which AWS never sends. */
export function sequenceNumberOf(record: DynamoDBRecord): string {
  const sequenceNumber = record.dynamodb?.SequenceNumber;
  if (sequenceNumber === undefined) throw new RangeError('a stream record has a sequence number');
  return sequenceNumber;
}

export function createdAtMs(record: DynamoDBRecord): number {
  return (record.dynamodb?.ApproximateCreationDateTime ?? 0) * 1000;
}

function image(item: Item): Record<string, AttributeValue> {
  // The SDK's and Lambda's attribute values differ in the type of binary ones only, which JSON turns
  // into the text that Lambda sends.
  const marshalled = marshall(item, { removeUndefinedValues: true });
  return marshalled as unknown as Record<string, AttributeValue>;
}
