import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { streamRecords } from './dynamodb-stream-record.ts';
import type { FaultPlan } from './faulty.ts';
import type { TimelinesApp } from './in-memory-timelines-app.ts';
import { lambdaContext, throughJson } from './lambda-context.ts';
import type { StreamChange } from './dynamodb-stream-record.ts';

const queueNames = ['plans', 'chunks', 'upkeep'] as const;
export type QueueName = (typeof queueNames)[number];

/** Hands the changes that the stream holds to the relay, in order; those that it reports stay. */
export async function deliverChanges(app: TimelinesApp, faults?: FaultPlan): Promise<void> {
  const batch: StreamChange[] = [...app.changes];
  if (batch.length === 0) return;
  const records = streamRecords(batch).map((record, index) => ({
    ...record,
    eventID: `${batch[index]?.keys['pk']} ${batch[index]?.keys['sk']} ${batch[index]?.before ? 2 : 1}`,
  }));
  const { batchItemFailures } = await app
    .handlers(faults)
    .changes({ Records: records }, lambdaContext('relay', 'delivery'));
  const failed = batchItemFailures[0]?.itemIdentifier;
  const done =
    failed === undefined
      ? batch.length
      : records.findIndex((record) => record.dynamodb?.SequenceNumber === failed);
  // Together with another delivery, which may have been quicker.
  for (const change of batch.slice(0, done)) {
    const index = app.changes.indexOf(change);
    if (index !== -1) app.changes.splice(index, 1);
  }
}

/** Hands over some of the messages that a queue shows now. `keep`: they come again although they are done. */
export async function deliverJobs(
  app: TimelinesApp,
  name: QueueName,
  options: { faults?: FaultPlan; most?: number; keep?: boolean } = {},
): Promise<void> {
  const queue = app.queues[name];
  const Records: SQSRecord[] = queue.receive(options.most ?? 10);
  if (Records.length === 0) return;
  const event = throughJson({ Records }) as SQSEvent;
  const handler = app.handlers(options.faults)[name];
  const { batchItemFailures } = await handler(event, lambdaContext(name, 'request'));
  const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  for (const { messageId } of Records) {
    if (!failed.has(messageId) && options.keep !== true) queue.delete(messageId);
  }
}

/** Delivers what is due now, once around: what comes of it waits for the next time. */
export async function deliverDue(app: TimelinesApp): Promise<void> {
  await deliverChanges(app);
  for (const name of queueNames) await deliverJobs(app, name);
}

/** Lets time pass and everything be delivered, until nothing is under way. */
export async function settle(app: TimelinesApp): Promise<void> {
  app.follows.releaseLists();
  for (;;) {
    await deliverDue(app);
    const next = queueNames
      .map((name) => app.queues[name].nextReceiveAtMs())
      .filter((atMs) => atMs !== undefined);
    if (next.length === 0 && app.changes.length === 0) return;
    if (next.length > 0) app.clock.advanceTo(Math.min(...next));
  }
}
