import { runChunk } from '../../lambdas/timelines/fan-out-chunk.ts';
import type { ChunkParts } from '../../lambdas/timelines/fan-out-chunk.ts';
import { addFollowers } from '../followers.ts';
import type { LocalTables } from '../local-tables.ts';
import { median } from '../quantile.ts';
import { comparison, result } from '../result.ts';
import type { Result } from '../result.ts';
import { newResource } from '../sample.ts';
import { chunkParts, timelinesParts } from '../social.ts';
import { atOnce } from './at-once.ts';
import { bareLoop, callsFor } from './bare-loop.ts';
import { heapInUse } from './heap.ts';
import { plannedChunks } from './planned-chunks.ts';
import type { CopyJob } from './planned-chunks.ts';

const followers = 10_000;

/** Rounds of each, by turns, so that what else the machine does meets all alike. */
const rounds = 5;

/** One batch of messages, which an instance of the worker runs at once. */
const chunksAtOnce = 10;

/** The loop's calls at once: as many as so many chunks have under way. */
const callsAtOnce = chunksAtOnce * 4;

/** Growth that is none, MB: the rows of a whole fan-out, held back, would be several times that. */
const flatHeap = 1;

const area = 'fan-out to 10,000 followers';

/** Rows per second of a fan-out, against writing the same rows with nothing else. */
export async function measureFanOut(local: LocalTables): Promise<Result[]> {
  const client = local.client();
  const parts = timelinesParts(client);
  const actor = newResource();
  await addFollowers(client, actor, followers);

  const warm = chunkParts(parts);
  // Also warms up what is timed afterwards.
  const heap = await heapDuring(warm, await plannedChunks(parts, actor));
  const warmSpeeds: number[] = [];
  const freshSpeeds: number[] = [];
  const loopSpeeds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [first, second, third] = [
      await plannedChunks(parts, actor),
      await plannedChunks(parts, actor),
      callsFor(await plannedChunks(parts, actor)),
    ];
    warmSpeeds.push(await rowsPerSecond(() => runAll(warm, first)));
    loopSpeeds.push(await rowsPerSecond(() => bareLoop(client, third, callsAtOnce)));
    freshSpeeds.push(await rowsPerSecond(() => runAll(chunkParts(parts), second)));
  }
  const peer = median(loopSpeeds);
  return [
    comparison(
      `${area}, by a worker that knows them, against a bare BatchWrite loop`,
      { value: median(warmSpeeds), peer, unit: 'rows/s' },
      { atLeast: 0.9 },
    ),
    comparison(
      `${area}, by a worker that has just started and asks who of them is active, against the loop`,
      { value: median(freshSpeeds), peer, unit: 'rows/s' },
      { atLeast: 0.9 },
    ),
    ...heap,
  ];
}

async function runAll(parts: ChunkParts, jobs: readonly CopyJob[]): Promise<void> {
  await atOnce(jobs, chunksAtOnce, (job) => runChunk(parts, job));
}

/** Heap in use, without garbage, after parts of the chunks. */
async function heapDuring(parts: ChunkParts, jobs: readonly CopyJob[]): Promise<Result[]> {
  const tenth = jobs.length / 10;
  await runAll(parts, jobs.slice(0, tenth));
  const early = heapInUse();
  await runAll(parts, jobs.slice(tenth, jobs.length / 2));
  const middle = heapInUse();
  await runAll(parts, jobs.slice(jobs.length / 2));
  const late = heapInUse();
  return [
    result(`${area}: heap after 10 % of the chunks`, early, 'MB'),
    result(`${area}: heap after 50 %`, middle, 'MB'),
    result(`${area}: heap after 100 %`, late, 'MB'),
    result(`${area}: growth of the heap from 10 % to 100 %`, late - early, 'MB', {
      atMost: flatHeap,
    }),
  ];
}

async function rowsPerSecond(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return (followers / (performance.now() - started)) * 1000;
}
