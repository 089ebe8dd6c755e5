import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Result } from '../result.ts';
import { webhooksParts } from '../webhooks.ts';
import type { CapacityMeter, Consumption } from './capacity-meter.ts';
import { consumption } from './consumption.ts';
import { answering, WebhookWork } from './webhook-work.ts';

const events = 100;

/** Write units of an event that goes with a batch. */
const goal = { writes: { atMost: 2 } };

/** Long enough for all events to be stored within; short enough for a queue's delay. */
const seconds = 600;

/** How the events of a batch reach their lane, and when the batch is posted. */
const cases = [
  { name: 'ten a run', delivery: { mode: 'batch', size: events }, messages: 10 },
  { name: 'one a run', delivery: { mode: 'batch', size: events }, messages: 1 },
  { name: 'one a run, by time alone', delivery: { mode: 'batch', time: seconds }, messages: 1 },
] as const;

/** Consumption of batches, from the messages of their events to the post, for one event. */
export async function batchesCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name, delivery, messages } of cases) {
    const webhooks = new WebhookWork(webhooksParts(client));
    const hook = await webhooks.hook({ delivery });
    for (let count = 0; count < events; count++) await webhooks.match(hook);
    const whole = await meter.measure(async () => {
      await webhooks.lane(hook, answering(200), messages);
      // The timer, if there is one, comes by way of the post worker.
      webhooks.aheadMs = seconds * 1000;
      await webhooks.post(answering(200));
      await webhooks.lane(hook, answering(200), messages);
    });
    const { from, batch } = await webhooks.parts.lanes.read(hook.ulid);
    if (batch !== 2 || from !== 2) throw new Error(`${name}: not posted as one batch`);
    results.push(
      ...consumption(
        `100 events into a batch of 100, ${name}, for one event`,
        perEvent(whole),
        goal,
      ),
    );
  }
  return results;
}

function perEvent({ writes, reads, calls }: Consumption): Consumption {
  return { writes: writes / events, reads: reads / events, calls: calls / events };
}
