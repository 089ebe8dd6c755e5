import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { readBatchResponse } from './batch-response.ts';
import { lambdaContext, throughJson } from './lambda-context.ts';
import type { MemoryQueue } from './memory-queue.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A queue and the function that works it off. */
export interface QueueMapping {
  queue: MemoryQueue;
  handler: (event: SQSEvent, context: Context) => unknown;
  /** 1-10,000, for FIFO queues 1-10. @default 10 */
  batchSize?: number;
  /** @default false */
  reportBatchItemFailures?: boolean;
  /** Batches handed out at the same moment. @default 1 */
  concurrency?: number;
}

export interface QueueInvocation {
  atMs: number;
  queue: string;
  requestId: string;
  messageIds: string[];
  outcome: 'done' | 'failed' | { failed: string[] };
  /** What the function threw. */
  error?: unknown;
}

export interface QueueRun {
  invocations: QueueInvocation[];
}

/** More than any test needs; jobs that keep making jobs end here. */
const mostInvocations = 10_000;

/**
 * Hands the messages of queues to real handlers by the rules of Lambda's event source mapping for SQS,
 * until the queues are empty. Handlers may send to these queues. When nothing is visible the clock goes
 * to the next moment at which something is.
 *
 * What is not deleted is received again when its visibility time-out is over, and goes to the
 * dead-letter queue as the queue says. (Lambda developer guide, "Handling errors for an SQS event
 * source": after a function error "the message will again reappear" when the time-out runs out; a
 * partial response makes only the failed ones reappear.)
 *
 * Not simulated: batching windows, the backoff by lower concurrency, and functions that outlast the
 * visibility time-out (ours is six times the function's).
 *
 * @param options.until ends the run early, asked before each round: a race is forced by stopping,
 *   changing something and running on.
 * @throws Error when the queues don't become empty.
 */
export async function runQueueMappings(options: {
  mappings: readonly QueueMapping[];
  clock: VirtualClock;
  until?: (run: QueueRun) => boolean;
}): Promise<QueueRun> {
  const { mappings, clock, until = () => false } = options;
  for (const mapping of mappings) assertAcceptable(mapping);
  const run: QueueRun = { invocations: [] };

  const invoke = async (mapping: QueueMapping, records: SQSRecord[]): Promise<void> => {
    const { queue, handler } = mapping;
    const requestId = `request-${run.invocations.length + 1}`;
    const messageIds = records.map(({ messageId }) => messageId);
    const invocation: QueueInvocation = {
      atMs: clock.now(),
      queue: queue.name,
      requestId,
      messageIds,
      outcome: 'failed',
    };
    run.invocations.push(invocation);
    try {
      const event = throughJson({ Records: records }) as SQSEvent;
      const response = await handler(event, lambdaContext(queue.name, requestId));
      invocation.outcome = outcomeOf(mapping, response, messageIds);
    } catch (error) {
      invocation.error = error;
    }
    const { outcome } = invocation;
    if (outcome === 'failed') return;
    for (const messageId of messageIds) {
      if (outcome === 'done' || !outcome.failed.includes(messageId)) queue.delete(messageId);
    }
  };

  while (!until(run)) {
    const nextMs = mappings
      .map(({ queue }) => queue.nextReceiveAtMs())
      .filter((atMs) => atMs !== undefined);
    if (nextMs.length === 0) break;
    clock.advanceTo(Math.min(...nextMs));
    const round = mappings.flatMap((mapping) =>
      batchesOf(mapping).map((records) => ({ mapping, records })),
    );
    await Promise.all(round.map(({ mapping, records }) => invoke(mapping, records)));
    if (run.invocations.length > mostInvocations) {
      const busy = mappings.map(({ queue }) => `${queue.name}: ${queue.messages().length}`);
      throw new Error(`still not quiet after ${run.invocations.length} runs (${busy.join(', ')})`);
    }
  }
  return run;
}

/** How many times each message was handed to a function, by message id. */
export function deliveriesOf(run: QueueRun): Map<string, number> {
  const deliveries = new Map<string, number>();
  for (const messageId of run.invocations.flatMap(({ messageIds }) => messageIds)) {
    deliveries.set(messageId, (deliveries.get(messageId) ?? 0) + 1);
  }
  return deliveries;
}

function batchesOf({ queue, batchSize = 10, concurrency = 1 }: QueueMapping): SQSRecord[][] {
  const batches: SQSRecord[][] = [];
  while (batches.length < concurrency) {
    const records = queue.receive(batchSize);
    if (records.length === 0) break;
    batches.push(records);
  }
  return batches;
}

function outcomeOf(
  { reportBatchItemFailures = false }: QueueMapping,
  response: unknown,
  messageIds: readonly string[],
): QueueInvocation['outcome'] {
  if (!reportBatchItemFailures) return 'done';
  const report = readBatchResponse(response, new Set(messageIds));
  if (report.failed === 'some') return { failed: report.identifiers };
  return report.failed === 'none' ? 'done' : 'failed';
}

/** Lambda API, CreateEventSourceMapping: BatchSize. */
function assertAcceptable({ queue, batchSize = 10 }: QueueMapping): void {
  const most = queue.fifo ? 10 : 10_000;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > most) {
    throw new RangeError(`batchSize of ${queue.name} is a whole number from 1 to ${most}`);
  }
}
