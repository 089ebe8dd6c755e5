import * as z from 'zod';
import { sqsJobQueue } from '../../lambdas/shared/job-queue.ts';
import { systemClock } from '../../lambdas/shared/identifier.ts';
import type { PostJob } from '../../lambdas/webhooks/contract.ts';
import { dynamoDeliveryStore } from '../../lambdas/webhooks/dynamo-delivery-store.ts';
import { ulidOfHookId } from '../../lambdas/webhooks/hook.ts';
import { quantile } from '../quantile.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { Arrivals } from './arrivals.ts';
import { startBenchStack } from './bench-stack.ts';
import type { BenchStack } from './bench-stack.ts';
import { startBenchReceiver } from './receiver.ts';
import { newDelivery, newEvent } from './sample-delivery.ts';

const posts = 100;

/** Posts before those that count: functions start, and connections open. */
const warmingUp = 5;

const area = 'webhook on the local stack';

/**
 * How long a post takes on a local deployment of everything, one at a time: from the message that asks
 * for it to its first byte at the receiver, and from the answer to `POST /v1/events` to there. What the
 * emulator's polling of queues and streams takes is in it.
 */
export async function measureLatency(report: (progress: string) => void): Promise<Result[]> {
  const receiver = await startBenchReceiver({ tells: true });
  const arrivals = new Arrivals(receiver);
  try {
    report('a local stack starts');
    const stack = await startBenchStack();
    try {
      report('webhooks on the local stack');
      const created = await stack.call('POST', '/hooks', 201, {
        target: receiver.url,
        events: [newEvent().type],
      });
      const hook = hookSchema.parse(created);
      return [
        ...rows('SendMessage to the first byte', await fromMessages(stack, hook, arrivals)),
        ...rows('event accepted to the first byte', await fromEvents(stack, arrivals)),
      ];
    } finally {
      await stack.end();
    }
  } finally {
    await receiver.end();
  }
}

const hookSchema = z
  .object({ id: z.string(), target: z.string() })
  .transform(({ id, target }) => ({ ulid: ulidOfHookId(id) ?? '', owner: null, target, epoch: 0 }));

type StackHook = z.output<typeof hookSchema>;

/** Milliseconds from a job's message to the post; the delivery was stored before. */
async function fromMessages(
  { table, postQueue }: BenchStack,
  hook: StackHook,
  arrivals: Arrivals,
): Promise<number[]> {
  const deliveries = dynamoDeliveryStore(table.client, table.tableName, systemClock);
  const queue = sqsJobQueue<PostJob>(postQueue.url, {}, postQueue.client);
  return timesOf(async () => {
    const { delivery, payload } = newDelivery(hook);
    await deliveries.create(delivery, payload, false);
    const sentAt = now();
    await queue.send([{ kind: 'post', hook: hook.ulid, delivery: delivery.ulid, tries: 0 }]);
    return (await arrivals.of(delivery.event.id)).at - sentAt;
  });
}

const acceptedSchema = z.object({ id: z.string() });

/** Milliseconds from the answer of the API to the post. */
async function fromEvents(stack: BenchStack, arrivals: Arrivals): Promise<number[]> {
  return timesOf(async () => {
    const { id, type, data } = newEvent();
    const sent = await stack.call('POST', '/events', 202, { id, type, data });
    const acceptedAt = now();
    return (await arrivals.of(acceptedSchema.parse(sent).id)).at - acceptedAt;
  });
}

async function timesOf(one: () => Promise<number>): Promise<number[]> {
  for (let count = 0; count < warmingUp; count++) await one();
  const times: number[] = [];
  for (let count = 0; count < posts; count++) times.push(await one());
  return times;
}

function rows(what: string, times: readonly number[]): Result[] {
  const name = `${area}, ${what}, one at a time`;
  return [
    result(`${name}: p50 of ${String(posts)}`, quantile(times, 0.5), 'ms'),
    result(`${name}: p95 of ${String(posts)}`, quantile(times, 0.95), 'ms'),
  ];
}

/** Milliseconds since the epoch, fractions too. */
function now(): number {
  return performance.timeOrigin + performance.now();
}
