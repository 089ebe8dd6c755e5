import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { StoredContent } from '../../lambdas/push/content/content-store.ts';
import { checkQueue } from '../../lambdas/push/queue/check-queue.ts';
import type { Outcome } from '../../lambdas/push/queue/row.ts';
import { selectContent } from '../../lambdas/push/rules/select-content.ts';
import { everyMinute } from '../../lambdas/push/runs/every-minute.ts';
import { startRun } from '../../lambdas/push/runs/start-run.ts';
import { work } from '../../lambdas/push/worker/work.ts';
import { answered } from '../answered.ts';
import { tables } from '../local-tables.ts';
import { newStory, storyFields } from '../push/sample-story.ts';
import { pushApi, pushParts, pushStores } from '../push.ts';
import type { PushParts } from '../push.ts';
import type { Result } from '../result.ts';
import type { CapacityMeter } from './capacity-meter.ts';
import { consumption } from './consumption.ts';

/** Rows on the page that is read, and of the run that is measured: one chunk of a worker. */
const rows = 25;

/** Consumption of content, of a row of the queue through its life, and of what is asked of the queue. */
export async function pushCapacity(
  client: DynamoDBDocumentClient,
  meter: CapacityMeter,
): Promise<Result[]> {
  const table = { client, tableName: tables.push };
  const parts = pushParts(pushStores(client, tables.push));
  const idle = pushParts(pushStores(client, tables.idlePush));
  const api = pushApi(parts, table);
  const call = (method: string, status: number, path: string, body?: unknown) =>
    answered(api, status, {
      method,
      url: `/v1/${path}`,
      sub: 'editor',
      admin: true,
      ...(body !== undefined && { body }),
    });
  const metered = (...request: Parameters<typeof call>) => meter.measure(() => call(...request));
  const path = 'content/story/7';
  const fields = storyFields();

  const created = await metered('PUT', 201, path, { fields });
  const changed = await metered('PUT', 200, path, { fields: { ...fields, title: 'A' } });
  const unchanged = await metered('PUT', 200, path, { fields: { ...fields, title: 'A' } });
  const deleted = await metered('DELETE', 204, path);
  const looked = await meter.measure(() => everyMinute(idle));

  const selected = await meter.measure(await changeOf(parts));
  const [claimed, ended] = await claimAndEnd(parts, meter);
  const again = await changedAgain(parts, meter);
  await drain(parts);
  for (let count = 0; count < rows; count++) await (await changeOf(parts))();
  // The first page makes the key that signs cursors.
  await call('GET', 200, 'push/items?limit=1');
  const listed = await metered('GET', 200, `push/items?status=NEW&limit=${String(rows)}`);
  const checked = await meter.measure(() => checkQueue(parts));
  const pushed = await meter.measure(() => drain(parts));

  return [
    ...consumption('content put, new', created),
    ...consumption('content put, changed', changed),
    ...consumption('content put, unchanged', unchanged, { writes: { exactly: 0 } }),
    ...consumption('content deleted', deleted),
    ...consumption('content selected by a rule, for one target', selected),
    ...consumption('content selected that waits already', again),
    ...consumption('push taken by a worker', claimed),
    ...consumption('push ended by a worker', ended),
    ...consumption('push over its life: selected, taken, ended', {
      writes: selected.writes + claimed.writes + ended.writes,
      reads: selected.reads + claimed.reads + ended.reads,
      calls: selected.calls + claimed.calls + ended.calls,
    }),
    ...consumption(`run that pushes ${String(rows)} rows to one target`, pushed),
    ...consumption(`page of ${String(rows)} rows of the queue`, listed),
    ...consumption(`check of a queue in which ${String(rows)} wait`, checked),
    ...consumption('look for pushes when there are none', looked),
  ];
}

/** A story that the example rule wants is stored; what asks the rules about it. */
async function changeOf(parts: PushParts): Promise<() => Promise<void>> {
  const story = newStory(Date.now());
  await parts.content.put(story);
  return asking(parts, story, true);
}

function asking(parts: PushParts, story: StoredContent, created: boolean): () => Promise<void> {
  const { ref, ulid, version } = story;
  const changed = Object.keys(story.fields);
  const job = { kind: 'select' as const, ref, item: ulid, version, created, changed };
  return () => selectContent(parts, { ...job, atMs: Date.now() });
}

/** A change of what waits already makes no second row. */
async function changedAgain(parts: PushParts, meter: CapacityMeter) {
  const story = newStory(Date.now());
  await parts.content.put(story);
  await asking(parts, story, true)();
  const later = { ...story, version: 2 };
  await parts.content.put(later);
  return meter.measure(asking(parts, later, false));
}

/** The two writes that a worker makes of each row. */
async function claimAndEnd({ rows: queue, newUlid }: PushParts, meter: CapacityMeter) {
  const [mark] = (await queue.oldest('NEW', {}, { after: undefined, limit: 1 })).items;
  if (mark === undefined) throw new Error('the rule has not selected the story');
  const by = { claim: { lane: 'dummy://nowhere#0', epoch: 7 }, run: newUlid(Date.now()) };
  let row: Awaited<ReturnType<typeof queue.claim>>;
  const claimed = await meter.measure(async () => (row = await queue.claim(mark.ulid, by)));
  if (row === undefined) throw new Error('the row is not NEW');
  const taken = row;
  const ended = await meter.measure(() => queue.finish(taken, success(mark.content), Date.now()));
  return [claimed, ended] as const;
}

/** Of a push of one file, at the first attempt. */
function success(content: string): Outcome {
  const file = `NEWS_${content.replace(':', '_')}.xml`;
  const message = `[${new Date().toISOString()}] '${file}': push SUCCESS`;
  return {
    status: 'PUSHED',
    message,
    attempts: [{ atMs: Date.now(), durationMs: 120, outcome: 'sent', message: 'push SUCCESS' }],
  };
}

/** A run, with all its jobs. @throws Error unless it pushes something */
async function drain(parts: PushParts): Promise<void> {
  const ulid = parts.newUlid(Date.now());
  await startRun(parts, { ulid });
  for (let jobs = parts.jobs.take(); jobs.length > 0; jobs = parts.jobs.take()) {
    for (const job of jobs) await work(parts, job);
  }
  const run = await parts.runs.get(ulid);
  if (run?.state !== 'done' || run.counts.failed > 0 || run.counts.pushed === 0) {
    throw new Error(`the run has not pushed: ${JSON.stringify(run)}`);
  }
}
