import type { Delivery } from '../../lambdas/webhooks/delivery.ts';
import { median } from '../quantile.ts';
import { comparison } from '../result.ts';
import type { Result } from '../result.ts';
import { BareLoop } from './bare-loop.ts';
import { startBenchReceiver } from './receiver.ts';
import type { BenchReceiver } from './receiver.ts';
import { workerInMemory } from './worker-in-memory.ts';
import { messagesPerRun, runWorker } from './worker-runs.ts';

/** Deliveries of a round, and rounds of each: many short ones by turns meet the same other work. */
const deliveries = 1_000;
const rounds = 15;

const hooks = 20;

interface Speed {
  perSecond: number;
  /** Of this process, for one delivery. */
  cpuMicroseconds: number;
}

/**
 * Deliveries per second of the post worker's handler, its stores in memory, against a loop that only
 * signs and posts the same with undici, to the same receiver in a process of its own.
 */
export async function measurePostSpeed(): Promise<Result[]> {
  const receiver = await startBenchReceiver();
  try {
    return await compared(receiver);
  } finally {
    await receiver.end();
  }
}

async function compared(receiver: BenchReceiver): Promise<Result[]> {
  const worker = await workerInMemory(receiver.url, hooks);
  const loop = new BareLoop(receiver.url, { secret: worker.secret, limit: messagesPerRun });
  const ofWorker: Speed[] = [];
  const ofLoop: Speed[] = [];
  // One round more: the first of each warms up what is timed.
  for (let round = 0; round <= rounds; round++) {
    const jobs = worker.newJobs(deliveries);
    const posts = worker.deliveries.all().map(postOf);
    const loopSpeed = await speedOf(() => loop.run(posts));
    const workerSpeed = await speedOf(() => runWorker(worker.handler, jobs));
    if (round === 0) continue;
    ofLoop.push(loopSpeed);
    ofWorker.push(workerSpeed);
  }
  await loop.end();
  const { good } = await receiver.tally();
  const expected = 2 * (rounds + 1) * deliveries;
  if (good !== expected) throw new Error(`${String(good)} posts came, not ${String(expected)}`);
  const both = (of: (speed: Speed) => number, unit: string) => ({
    value: median(ofWorker.map(of)),
    peer: median(ofLoop.map(of)),
    unit,
  });
  return [
    comparison(
      'webhooks posted by the worker, stores in memory, against a bare undici loop',
      both(({ perSecond }) => perSecond, 'deliveries/s'),
      { atLeast: 0.8 },
    ),
    comparison(
      'webhooks posted by the worker, processor time of a delivery, against the loop',
      both(({ cpuMicroseconds }) => cpuMicroseconds, 'µs'),
    ),
  ];
}

/** The very post that the worker makes of a delivery. */
function postOf({ event, payload = '' }: Delivery) {
  return { id: event.id, body: payload };
}

async function speedOf(work: () => Promise<void>): Promise<Speed> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: deliveries / seconds, cpuMicroseconds: (user + system) / deliveries };
}
