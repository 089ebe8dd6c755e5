import type { Delivery } from '../../lambdas/webhooks/delivery.ts';
import { median } from '../quantile.ts';
import { comparison } from '../result.ts';
import type { Result } from '../result.ts';
import { BareLoop } from './bare-loop.ts';
import { startBenchReceiver } from './receiver.ts';
import { workerInMemory } from './worker-in-memory.ts';
import { messagesPerRun, runsOf, runWorker } from './worker-runs.ts';

/** Of each there are many short rounds by turns, so that what else the machine does meets both alike. */
const rounds = 15;

const hooks = 20;

/** Far below what receivers on the internet take. */
const slowMs = 5;

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
  const name = 'webhooks posted by the worker, stores in memory';
  const atOnce = await compared(0, 1_000);
  const slow = await compared(slowMs, 200);
  return [
    comparison(
      `${name}, against a bare undici loop`,
      { ...of(atOnce, ({ perSecond }) => perSecond), unit: 'deliveries/s' },
      { atLeast: 0.8 },
    ),
    comparison(`${name}, processor time of a delivery, against the loop`, {
      ...of(atOnce, ({ cpuMicroseconds }) => cpuMicroseconds),
      unit: 'µs',
    }),
    comparison(`${name}, to a receiver that takes ${String(slowMs)} ms, against the loop`, {
      ...of(slow, ({ perSecond }) => perSecond),
      unit: 'deliveries/s',
    }),
  ];
}

interface Speeds {
  worker: Speed[];
  loop: Speed[];
}

function of({ worker, loop }: Speeds, figure: (speed: Speed) => number) {
  return { value: median(worker.map(figure)), peer: median(loop.map(figure)) };
}

/** @param deliveries of a round */
async function compared(takesMs: number, deliveries: number): Promise<Speeds> {
  const receiver = await startBenchReceiver({ takesMs });
  try {
    const { secret, newJobs, ...worker } = await workerInMemory(receiver.url, hooks);
    const loop = new BareLoop(receiver.url, { secret, limit: messagesPerRun });
    const speeds: Speeds = { worker: [], loop: [] };
    // One round more: the first of each warms up what is timed.
    for (let round = 0; round <= rounds; round++) {
      const runs = runsOf(newJobs(deliveries));
      const posts = worker.deliveries.all().map(postOf);
      const ofLoop = await speedOf(deliveries, () => loop.run(posts));
      const ofWorker = await speedOf(deliveries, () => runWorker(worker.handler, runs));
      if (round === 0) continue;
      speeds.loop.push(ofLoop);
      speeds.worker.push(ofWorker);
    }
    await loop.end();
    const { good } = await receiver.tally();
    const expected = 2 * (rounds + 1) * deliveries;
    if (good === expected) return speeds;
    throw new Error(`${String(good)} posts came, not ${String(expected)}`);
  } finally {
    await receiver.end();
  }
}

/** The very post that the worker makes of a delivery. */
function postOf({ event, payload = '' }: Delivery) {
  return { id: event.id, body: payload };
}

async function speedOf(deliveries: number, work: () => Promise<void>): Promise<Speed> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: deliveries / seconds, cpuMicroseconds: (user + system) / deliveries };
}
