import type { Context, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { discardedBatch } from './discarded-batch.ts';
import type { DiscardCondition, DiscardedBatch } from './discarded-batch.ts';
import { sequenceNumberOf } from './dynamodb-stream-record.ts';
import { lambdaContext, throughJson } from './lambda-context.ts';
import { afterInvocation, outcomeOf, sortedByAge } from './stream-batch-rules.ts';
import type { StreamOutcome } from './stream-batch-rules.ts';
import { streamMapping } from './stream-mapping-options.ts';
import type { StreamMappingOptions } from './stream-mapping-options.ts';
import { dueAtMs, lanesOf, takeBatch } from './stream-shard.ts';
import type { Lane } from './stream-shard.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface StreamInvocation {
  atMs: number;
  requestId: string;
  sequenceNumbers: string[];
  outcome: StreamOutcome;
  /** What the function threw. */
  error?: unknown;
}

export interface RecordFate {
  /** `forgotten`: it was 24 hours old, so the stream no longer had it; nobody is told. */
  fate: 'done' | 'discarded' | 'forgotten';
  /** How many times the function got it. */
  deliveries: number;
}

export interface StreamRun {
  invocations: StreamInvocation[];
  /** By sequence number. */
  fates: Map<string, RecordFate>;
  /** Whether or not a destination got them. */
  discarded: DiscardedBatch[];
}

/**
 * Runs a shard's records through a real handler by the rules of Lambda's event source mapping for
 * DynamoDB streams, until none is left; the clock moves along with the waits between tries. A record
 * from the clock's future arrives when its time comes. The rules are in `stream-batch-rules.ts`.
 *
 * Where AWS's documentation leaves a choice, this takes the one that is harder on the function:
 * - progress doesn't renew the quota of retries;
 * - a partial success that begins with the first record is a failure without a split, so what stands
 *   behind it is discarded with it;
 * - a sequence number that is not in the batch fails all of it;
 * - what the stream forgets leaves no message.
 *
 * Not simulated: filters, batching and tumbling windows, time-outs and throttles of the function.
 *
 * @throws RangeError for options that AWS refuses and for records out of order.
 */
export async function runStreamMapping(options: {
  records: readonly DynamoDBRecord[];
  handler: (event: DynamoDBStreamEvent, context: Context) => unknown;
  mapping: StreamMappingOptions;
  clock: VirtualClock;
  functionName?: string;
}): Promise<StreamRun> {
  const { handler, clock, functionName = 'stream-function' } = options;
  const mapping = streamMapping(options.mapping);
  const lanes = lanesOf(options.records, mapping);
  const run: StreamRun = { invocations: [], fates: new Map(), discarded: [] };

  const deliveries = new Map<string, StreamInvocation[]>();
  const settle = (records: readonly DynamoDBRecord[], fate: RecordFate['fate']) => {
    for (const sequenceNumber of records.map(sequenceNumberOf)) {
      const times = deliveries.get(sequenceNumber)?.length ?? 0;
      run.fates.set(sequenceNumber, { fate, deliveries: times });
    }
  };

  const discard = (records: readonly DynamoDBRecord[], condition: DiscardCondition) => {
    if (!records[0]) return;
    settle(records, 'discarded');
    const invocations = deliveries.get(sequenceNumberOf(records[0])) ?? [];
    const latest = invocations.at(-1);
    const description = discardedBatch({
      records,
      condition,
      functionName,
      requestId: latest?.requestId ?? 'not-invoked',
      invokeCount: invocations.length,
      threw: latest !== undefined && 'error' in latest,
      atMs: clock.now(),
    });
    run.discarded.push(description);
    mapping.onFailure?.send(JSON.stringify(description));
  };

  const invoke = async (records: readonly DynamoDBRecord[]): Promise<StreamOutcome> => {
    const invocation: StreamInvocation = {
      atMs: clock.now(),
      requestId: `request-${run.invocations.length + 1}`,
      sequenceNumbers: records.map(sequenceNumberOf),
      outcome: 'failed',
    };
    run.invocations.push(invocation);
    for (const sequenceNumber of invocation.sequenceNumbers) {
      deliveries.set(sequenceNumber, [...(deliveries.get(sequenceNumber) ?? []), invocation]);
    }
    try {
      const event = throughJson({ Records: records }) as DynamoDBStreamEvent;
      const response = await handler(event, lambdaContext(functionName, invocation.requestId));
      invocation.outcome = outcomeOf(response, records, mapping);
    } catch (error) {
      invocation.error = error;
    }
    return invocation.outcome;
  };

  const step = async (lane: Lane): Promise<void> => {
    const batch = takeBatch(lane, mapping.batchSize, clock.now());
    const { forgotten, tooOld, fresh } = sortedByAge(batch.records, mapping, clock.now());
    settle(forgotten, 'forgotten');
    discard(tooOld, 'RecordAgeExceeded');
    if (fresh.length === 0) return;
    const outcome = await invoke(fresh);
    const tried = { ...batch, records: fresh };
    const { done, again, exhausted } = afterInvocation(tried, outcome, mapping, clock.now());
    settle(done, 'done');
    discard(exhausted, 'RetryAttemptsExhausted');
    lane.batches.unshift(...again);
  };

  for (;;) {
    const nextMs = Math.min(...lanes.map(dueAtMs));
    if (nextMs === Infinity) return run;
    clock.advanceTo(nextMs);
    await Promise.all(lanes.filter((lane) => dueAtMs(lane) <= clock.now()).map(step));
  }
}
