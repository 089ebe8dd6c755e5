import { heapInUse } from '../fan-out/heap.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { startBenchReceiver } from './receiver.ts';
import { workerInMemory } from './worker-in-memory.ts';
import type { WorkerInMemory } from './worker-in-memory.ts';
import { runsOf, runWorker } from './worker-runs.ts';

const deliveries = 100_000;

/** Deliveries that are queued at a time: the queue is outside of the worker's process. */
const queuedAtOnce = 1_000;

const hooks = 100;

/** Each so many-th post fails, and is made again. */
const failsEach = 50;

/** Growth that is none, MB: the deliveries, held back, would be more than a hundred times that. */
const flatHeap = 1;

const area = `queue of ${deliveries.toLocaleString('en-US')} deliveries, 1 post in ${String(failsEach)} failing`;

/** Heap in use, without garbage, while the post worker's handler drains a queue. */
export async function measureDrainedQueue(): Promise<Result[]> {
  const receiver = await startBenchReceiver({ failsEach });
  try {
    const worker = await workerInMemory(receiver.url, hooks);
    await drain(worker, deliveries / 10);
    const early = heapInUse();
    await drain(worker, (deliveries / 10) * 4);
    const middle = heapInUse();
    await drain(worker, deliveries / 2);
    const late = heapInUse();
    const { good } = await receiver.tally();
    return [
      result(`${area}: arrived, each once`, good, 'deliveries', { exactly: deliveries }),
      result(`${area}: heap after 10 %`, early, 'MB'),
      result(`${area}: heap after 50 %`, middle, 'MB'),
      result(`${area}: heap after 100 %`, late, 'MB'),
      result(`${area}: growth of the heap from 10 % to 100 %`, late - early, 'MB', {
        atMost: flatHeap,
      }),
    ];
  } finally {
    await receiver.end();
  }
}

/** Retries are made as soon as they are queued, not after their delay. */
async function drain({ handler, jobs, newJobs }: WorkerInMemory, count: number): Promise<void> {
  for (let begun = 0; begun < count; begun += queuedAtOnce) {
    let next = newJobs(Math.min(queuedAtOnce, count - begun));
    for (; next.length > 0; next = jobs.take()) await runWorker(handler, runsOf(next));
  }
}
