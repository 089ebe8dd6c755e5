import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type {
  Context,
  DynamoDBBatchResponse,
  DynamoDBRecord,
  DynamoDBStreamEvent,
} from 'aws-lambda';
import { PermanentError } from './errors.ts';
import type { Delivery } from './events/event-bus.ts';
import type { JobQueue } from './job-queue.ts';
import type { Log } from './log.ts';

export type StreamHandler = (
  event: DynamoDBStreamEvent,
  context: Context,
) => Promise<DynamoDBBatchResponse>;

/** A change of one item. */
export interface Change {
  /** The same whenever this change is handled again: the seed of event ids. */
  id: string;
  /** When the write happened, milliseconds since the epoch (to the second on AWS). */
  atMs: number;
  kind: 'INSERT' | 'MODIFY' | 'REMOVE';
  keys: { pk: string; sk: string };
  before: Record<string, unknown> | undefined;
  after: Record<string, unknown> | undefined;
}

/** A change that could not be handled, as it waits for a person in the failure queue. */
export interface ParkedChange {
  stream: string;
  sequenceNumber: string;
  keys: unknown;
  error: string;
}

/**
 * The Lambda handler of a table's stream. Each change is turned into effects (events, jobs), which are
 * then delivered in order.
 *
 * A change that cannot be understood, or whose effect is refused for good, is parked in the failure
 * queue alone and its neighbours go on: by AWS's rules a batch that only ever fails takes all its
 * later records along when its retries end. What fails for a passing reason is reported, so the batch
 * is tried again from there; effects have stable ids and bear to be delivered twice.
 */
export function streamHandler<Effect>(options: {
  effectsOf: (change: Change) => Effect[];
  /** One outcome for each effect, in order. What it throws counts as a passing failure of all. */
  deliver: (effects: readonly Effect[]) => Promise<Delivery[]>;
  /** The event's id of an effect that is an event, for the log. */
  eventIdOf?: (effect: Effect) => string | undefined;
  failures: JobQueue<ParkedChange>;
  log: Log;
}): StreamHandler {
  const { effectsOf, deliver, eventIdOf, failures, log } = options;

  return async ({ Records }, context) => {
    log.resetKeys();
    log.appendKeys({ requestId: context.awsRequestId });
    const owners: DynamoDBRecord[] = [];
    const effects: Effect[] = [];
    const refusals = new Map<DynamoDBRecord, unknown>();
    for (const record of Records) {
      try {
        for (const effect of effectsOf(changeOf(record))) {
          owners.push(record);
          effects.push(effect);
        }
      } catch (error) {
        refusals.set(record, error);
      }
    }

    const outcomes = effects.length === 0 ? [] : await attempt(deliver, effects, log);
    let retryFrom: DynamoDBRecord | undefined;
    for (const [index, record] of owners.entries()) {
      const outcome = outcomes[index] ?? 'retry';
      if (outcome === 'retry') retryFrom ??= record;
      else if (outcome !== 'done') refusals.set(record, outcome.refused);
    }

    // What comes at or after the first passing failure is delivered again, and parked then.
    const settled = retryFrom ? Records.slice(0, Records.indexOf(retryFrom)) : Records;
    const poison = settled.flatMap((record) =>
      refusals.has(record) ? [parked(record, refusals.get(record))] : [],
    );
    for (const failure of poison) log.error('change parked', { failure });
    if (poison.length > 0) {
      try {
        await failures.send(poison);
      } catch (error) {
        log.error('parking failed, the batch is tried again', { error });
        retryFrom = Records[0];
      }
    }
    log.info('changes', {
      received: Records.length,
      effects: effects.length,
      parked: poison.length,
      events: effects.flatMap((effect) => eventIdOf?.(effect) ?? []),
    });
    return {
      batchItemFailures: retryFrom ? [{ itemIdentifier: sequenceNumberOf(retryFrom) }] : [],
    };
  };
}

function parked(record: DynamoDBRecord, error: unknown): ParkedChange {
  return {
    stream: record.eventSourceARN ?? '',
    sequenceNumber: sequenceNumberOf(record),
    keys: record.dynamodb?.Keys,
    error: error instanceof Error ? error.message : String(error),
  };
}

async function attempt<Effect>(
  deliver: (effects: readonly Effect[]) => Promise<Delivery[]>,
  effects: readonly Effect[],
  log: Log,
): Promise<Delivery[]> {
  try {
    return await deliver(effects);
  } catch (error) {
    log.error('delivery failed, the batch is tried again', { error });
    return effects.map(() => 'retry');
  }
}

function sequenceNumberOf(record: DynamoDBRecord): string {
  return record.dynamodb?.SequenceNumber ?? '';
}

function changeOf(record: DynamoDBRecord): Change {
  const { dynamodb, eventName, eventID } = record;
  const keys = image(dynamodb?.Keys);
  if (
    !dynamodb ||
    !eventName ||
    typeof keys?.['pk'] !== 'string' ||
    typeof keys['sk'] !== 'string'
  ) {
    throw new PermanentError('the record has no event name or no keys');
  }
  return {
    id: eventID ?? sequenceNumberOf(record),
    atMs: Math.round((dynamodb.ApproximateCreationDateTime ?? 0) * 1000),
    kind: eventName,
    keys: { pk: keys['pk'], sk: keys['sk'] },
    before: image(dynamodb.OldImage),
    after: image(dynamodb.NewImage),
  };
}

function image(attributes: unknown): Record<string, unknown> | undefined {
  if (!isAttributes(attributes)) return undefined;
  return unmarshall(attributes);
}

function isAttributes(value: unknown): value is Record<string, AttributeValue> {
  return typeof value === 'object' && value !== null;
}
