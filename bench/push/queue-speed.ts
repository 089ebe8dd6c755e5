import { randomUlid } from '../../lambdas/shared/identifier.ts';
import { startRun } from '../../lambdas/push/runs/start-run.ts';
import { work } from '../../lambdas/push/worker/work.ts';
import { storesInMemory } from '../../test/support/push/stores.ts';
import type { LocalTables } from '../local-tables.ts';
import { tables } from '../local-tables.ts';
import { pushParts, pushStores, rule } from '../push.ts';
import type { PushParts } from '../push.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { newStory } from './sample-story.ts';
import { WaitingRows } from './waiting-rows.ts';

const inMemory = 10_000;
const onTable = 250;

/** Rows that are made at the same time, before anything is timed. */
const madeAtOnce = 25;

/**
 * How many rows a second one worker pushes to a target that takes all at once: each is claimed, its file
 * made from a template, checked by a schema and stored, and its end written down.
 */
export async function measureQueue(local: LocalTables): Promise<Result[]> {
  const memory = pushParts({ ...storesInMemory(), rows: new WaitingRows() });
  await pushRows(memory, inMemory / 20);
  const speed = await pushRows(memory, inMemory);
  const table = pushParts(pushStores(local.client(), tables.push));
  const tableSpeed = await pushRows(table, onTable);
  return [
    result(`${area(inMemory)}, with stores in memory`, speed, 'rows/s'),
    result(`${area(onTable)}, on the local DynamoDB`, tableSpeed, 'rows/s'),
  ];
}

/** @returns rows per second @throws Error unless all are pushed */
async function pushRows(parts: PushParts, count: number): Promise<number> {
  const atMs = parts.now() - count;
  for (let made = 0; made < count; made += madeAtOnce) {
    await Promise.all(
      Array.from({ length: madeAtOnce }, async (_none, index) => {
        const story = newStory(atMs + made + index);
        await parts.content.put(story);
        await parts.rows.enqueue(rowOf(story.ref, atMs + made + index));
      }),
    );
  }
  const run = randomUlid(parts.now());
  const started = performance.now();
  await startRun(parts, { ulid: run });
  for (let jobs = parts.jobs.take(); jobs.length > 0; jobs = parts.jobs.take()) {
    for (const job of jobs) await work(parts, job);
  }
  const seconds = (performance.now() - started) / 1_000;
  const pushed = (await parts.runs.get(run))?.counts.pushed;
  if (pushed !== count) throw new Error(`${String(pushed)} of ${String(count)} rows were pushed`);
  return count / seconds;
}

function rowOf(content: string, createdMs: number) {
  const [target = ''] = rule.targets;
  return { ulid: randomUlid(createdMs), rule: rule.name, target, content, createdMs };
}

function area(rows: number): string {
  return `push of ${rows.toLocaleString('en-US')} rows to a dummy target, by one worker`;
}
