import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { payloadOf } from '../../lambdas/webhooks/webhook-event.ts';
import type { WebhookEvent } from '../../lambdas/webhooks/webhook-event.ts';
import { newHook } from '../../test/support/webhook-hooks.ts';
import { newEvent } from '../posting/sample-delivery.ts';
import type { Result } from '../result.ts';
import { webhooksParts } from '../webhooks.ts';
import type { CapacityMeter } from './capacity-meter.ts';
import { consumption } from './consumption.ts';
import { answering, WebhookWork } from './webhook-work.ts';

/** Write units of a delivery that arrives at the first try, its matching included. */
const goal = { writes: { atMost: 4 } };

/** Consumption of matching an event and of its single delivery, each step and the whole. */
export async function deliveriesCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const webhooks = new WebhookWork(webhooksParts(client));
  const good = answering(200);
  const bad = answering(500);
  const hook = await webhooks.hook();
  const ordered = await webhooks.hook({ delivery: { mode: 'each', ordered: true } });
  const batched = await webhooks.hook({ delivery: { mode: 'batch', size: 100 } });
  // The worker opens the secret of a hook once, and makes the key that seals all.
  await webhooks.match(hook);
  await webhooks.post(good);

  const unmatched = await meter.measure(() => webhooks.match(newHook()));
  const matched = await meter.measure(() => webhooks.match(hook));
  const posted = await meter.measure(() => webhooks.post(good));
  const whole = await meter.measure(async () => {
    await webhooks.match(hook);
    await webhooks.post(good);
  });
  const large = largeEvent();
  const largeMatched = await meter.measure(() => webhooks.match(hook, large));
  const largePosted = await meter.measure(() => webhooks.post(good));
  const wholeLarge = await meter.measure(async () => {
    await webhooks.match(hook, largeEvent());
    await webhooks.post(good);
  });
  const orderedMatched = await meter.measure(() => webhooks.match(ordered));
  const orderedPosted = await meter.measure(() => webhooks.lane(ordered, good, 1));
  const wholeOrdered = await meter.measure(async () => {
    await webhooks.match(ordered);
    await webhooks.lane(ordered, good, 1);
  });
  const batchMatched = await meter.measure(() => webhooks.match(batched));

  const failing = await webhooks.hook();
  await webhooks.match(failing);
  const failed = await meter.measure(() => webhooks.post(bad));
  const failedAgain = await meter.measure(() => webhooks.post(bad));
  const recovered = await meter.measure(() => webhooks.post(good));

  return [
    ...consumption('event matched, for no webhook', unmatched),
    ...consumption('event matched, for one webhook', matched),
    ...consumption('event of 2 KB matched, for one webhook', largeMatched),
    ...consumption('event matched, for one webhook in order', orderedMatched),
    ...consumption('event matched, for one webhook with batches', batchMatched),
    ...consumption('post that succeeds at the first try', posted),
    ...consumption('post of 2 KB that succeeds at the first try', largePosted),
    ...consumption('post in order that succeeds at the first try', orderedPosted),
    ...consumption('post that fails, the first of its webhook', failed),
    ...consumption('post that fails, not the first', failedAgain),
    ...consumption('post that succeeds after failures', recovered),
    ...consumption('delivery at the first try, matching included', whole, goal),
    ...consumption('delivery of 2 KB at the first try, matching included', wholeLarge, goal),
    ...consumption('delivery in order at the first try, matching included', wholeOrdered, goal),
  ];
}

/** With a body of 2,048 bytes. */
function largeEvent(): WebhookEvent {
  const missing = 2_048 - Buffer.byteLength(payloadOf(newEvent({ text: '' })));
  return newEvent({ text: 'x'.repeat(missing) });
}
