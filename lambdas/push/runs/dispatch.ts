import type { WorkJob } from '../contract.ts';
import { whyUnpushable } from '../queue/unpushable.ts';
import type { RowMark } from '../queue/row.ts';
import { hostOf, lanesOf } from '../rules/rule-book.ts';
import { laneOfContent } from './row-lane.ts';
import type { RunParts } from './run-parts.ts';
import type { Run } from './run.ts';

/** Rows of one read: of an index, a few hundred bytes each. */
const pageSize = 1_000;

/**
 * Starts a run that pushes what is NEW: a job for each lane of a host that has rows waiting. The run is
 * stored with its jobs before they are sent, so that a death in between leaves something to be revived.
 * Rows that the configuration has no place for any more are failed.
 *
 * @param wish.evenIfIdle makes a run, which is done already, when there is nothing to push
 * @param wish.besides runs that are running: what their jobs will come to is left to them
 * @returns whether there is a run
 */
export async function dispatch(
  parts: RunParts,
  wish: {
    ulid: string;
    rule?: string | undefined;
    evenIfIdle: boolean;
    besides?: readonly Run[];
  },
): Promise<boolean> {
  const { runs, jobs: queue, now } = parts;
  const { ulid, rule, evenIfIdle, besides = [] } = wish;
  const left = new Set(besides.filter(isOfAllRows).flatMap(({ jobs }) => jobs.map(laneNameOf)));
  const waiting = await lanesWithRows(parts, rule);
  const jobs = [...waiting.values()]
    .map(({ host, lane }): WorkJob => ({ kind: 'drain', run: ulid, host, lane }))
    .filter((job) => !left.has(laneNameOf(job)));
  if (jobs.length === 0 && !evenIfIdle) return false;
  const startedMs = now();
  await runs.create({
    ulid,
    kind: 'push',
    ...(rule !== undefined && { rule }),
    args: [],
    counts: { selected: 0, pushed: 0, failed: 0 },
    messages: [],
    startedMs,
    aliveMs: startedMs,
    revivals: 0,
    jobs,
    ...(jobs.length === 0 ? { state: 'done', finishedMs: startedMs } : { state: 'running' }),
  });
  if (jobs.length > 0) await queue.send(jobs);
  return true;
}

interface HostLane {
  host: string;
  lane: number;
}

async function lanesWithRows(
  parts: RunParts,
  rule: string | undefined,
): Promise<Map<string, HostLane>> {
  const found = new Map<string, HostLane>();
  let after: string | undefined;
  do {
    const page = await parts.rows.oldest('NEW', { rule }, { after, limit: pageSize });
    for (const mark of page.items) {
      const place = await placeOf(parts, mark);
      if (place !== undefined) found.set(nameOf(place), place);
    }
    after = page.after;
  } while (after !== undefined);
  return found;
}

async function placeOf({ book, rows }: RunParts, mark: RowMark): Promise<HostLane | undefined> {
  const why = whyUnpushable(book, mark);
  const target = book.targets.get(mark.target);
  if (why !== undefined || target === undefined) {
    await rows.refuse(mark.ulid, 'PUSH_ERROR', why ?? '');
    return undefined;
  }
  const host = hostOf(target);
  return { host, lane: laneOfContent(mark.content, lanesOf(book, host)) };
}

function isOfAllRows({ kind, rule }: Run): boolean {
  return kind === 'push' && rule === undefined;
}

function laneNameOf(job: WorkJob): string {
  return job.kind === 'drain' ? nameOf(job) : '';
}

function nameOf({ host, lane }: HostLane): string {
  return `${host}#${String(lane)}`;
}
