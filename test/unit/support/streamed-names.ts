import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { sequenceNumberOf, streamRecords } from '../../support/dynamodb-stream-record.ts';
import { runStreamMapping } from '../../support/stream-mapping.ts';
import type { StreamMappingOptions } from '../../support/stream-mapping-options.ts';
import { virtualClock } from '../../support/virtual-clock.ts';

export const startMs = Date.UTC(2026, 0, 1);
export const hourMs = 3_600_000;

/** Inserts of items named a, b, c..., one a second before the clock starts. */
export function inserts(names: string): DynamoDBRecord[] {
  return streamRecords(
    names.split('').map((name) => ({ keys: { pk: name, sk: 'x' }, after: {}, atMs: startMs })),
  );
}

export const nameOf = (record: DynamoDBRecord) => record.dynamodb?.Keys?.['pk']?.S ?? '';
export const numbersOf = (records: readonly DynamoDBRecord[]) => records.map(sequenceNumberOf);

/** Runs the records; batches and fates are told by names, which must be unique. */
export async function run(
  records: readonly DynamoDBRecord[],
  mapping: StreamMappingOptions,
  answer: (names: string, event: DynamoDBStreamEvent, nth: number) => unknown,
) {
  const clock = virtualClock(startMs);
  const batches: string[] = [];
  const result = await runStreamMapping({
    records,
    mapping,
    clock,
    handler: (event) => {
      const names = event.Records.map(nameOf).join('');
      batches.push(names);
      return answer(names, event, batches.length);
    },
  });
  const fates = Object.fromEntries(
    records.map((record) => {
      const fate = result.fates.get(sequenceNumberOf(record));
      return [nameOf(record), `${fate?.fate} ${fate?.deliveries}`];
    }),
  );
  return { ...result, batches, fates, clock };
}

/** Reports the poison record as the first that failed. */
export function reporting(poison: string) {
  return (_: string, { Records }: DynamoDBStreamEvent) => ({
    batchItemFailures: Records.filter((record) => nameOf(record) === poison).map((record) => ({
      itemIdentifier: sequenceNumberOf(record),
    })),
  });
}

export function throwingOn(poison: string) {
  return (names: string) => {
    if (names.includes(poison)) throw new Error(`${poison} is poison`);
  };
}
