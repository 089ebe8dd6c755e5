import type { MassRule } from '../../shared/define/push-rule.ts';
import { TransientError } from '../../shared/errors.ts';
import { outboxFolder } from '../export/outbox.ts';
import type { Exported } from '../export/exporter.ts';
import type { WorkJob } from '../contract.ts';
import type { Run } from '../runs/run.ts';
import { inLane } from './lane-keeper.ts';
import type { HeldLane } from './lane-keeper.ts';
import { readManifest, writeManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { massLane } from './mass-lane.ts';
import { messageOf } from './messages.ts';
import { endAndGoOn, sendJob } from './mass-jobs.ts';
import type { JobEnd } from './mass-jobs.ts';
import { busyDelaySeconds, timesFrom } from './times.ts';
import { withinTime } from './unless-aborted.ts';
import type { WorkParts } from './work-parts.ts';

export type ExportJob = Extract<WorkJob, { kind: 'export' }>;

/** How often a run says how many items there were so far. */
const progressEveryMs = 2_000;

/**
 * Makes the files of a mass run, once, and goes on to its first target. What the rule throws ends the
 * run. Whoever takes over from a dead worker makes them anew, unless they had all been made.
 *
 * @throws TransientError when storage is out of reach: the run is revived
 */
export async function massExport(parts: WorkParts, job: ExportJob, run: Run): Promise<void> {
  const lane = { lane: massLane(run.ulid), run: run.ulid };
  const worked = await inLane(parts, lane, async ({ signal }) => {
    const now = await parts.runs.get(run.ulid);
    const isOpen = now?.state === 'running' && now.jobs.some(({ kind }) => kind === 'export');
    if (isOpen) await exportOnce(parts, { job, run: now, signal });
  });
  if (worked === undefined) await parts.jobs.send([job], busyDelaySeconds);
}

interface Work {
  job: ExportJob;
  run: Run;
  signal: HeldLane['signal'];
}

async function exportOnce(parts: WorkParts, { job, run, signal }: Work): Promise<void> {
  const rule = parts.book.rules.get(run.rule ?? '');
  if (rule?.kind !== 'mass') {
    const message = `the configuration has no mass rule "${run.rule ?? ''}"`;
    await endAndGoOn(parts, job, refused(message));
    return;
  }
  const made = await attempted(parts, { run, signal }, rule);
  signal.throwIfAborted();
  const end = 'thrown' in made ? refused(made.thrown) : endOf(run, rule, made);
  await endAndGoOn(parts, job, end);
}

function refused(message: string): JobEnd {
  return { messages: [message], failed: true, next: [] };
}

function endOf(run: Run, rule: MassRule, { items, files, problems, counted }: Made): JobEnd {
  const counts = { selected: items - counted, failed: problems.length };
  if (files.length > 0) {
    const next = rule.targets.slice(0, 1).map((target) => sendJob(run.ulid, target));
    return { counts, messages: problems, failed: problems.length > 0, next };
  }
  if (problems.length > 0) return { counts, messages: problems, failed: true, next: [] };
  if (items === 0) return { counts, messages: ['Nothing to push'], failed: false, next: [] };
  const messages = ['there is nothing to push: no outputs'];
  return { counts: { ...counts, failed: 1 }, messages, failed: true, next: [] };
}

/** What was made, and how many items the run has said so far. */
type Made = Manifest & { counted: number };

async function attempted(
  parts: WorkParts,
  { run, signal }: Omit<Work, 'job'>,
  rule: MassRule,
): Promise<Made | { thrown: string }> {
  const made = await readManifest(parts.outbox, run, rule.name);
  if (made !== undefined) return { ...made, counted: run.counts.selected };
  const withinMs = timesFrom(parts.now()).workUntilMs - parts.now();
  const limit = { withinMs, late: 'the files were not made in the time of a worker', signal };
  try {
    return await withinTime(parts, limit, (ended) => make(parts, { run, signal: ended }, rule));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof TransientError) throw error;
    return { thrown: messageOf(error) };
  }
}

async function make(
  parts: WorkParts,
  { run, signal }: Omit<Work, 'job'>,
  rule: MassRule,
): Promise<Made> {
  const { tools, runs, now } = parts;
  await rule.initialise?.(run.args, tools);
  let counted = run.counts.selected;
  let saidMs = now();
  const exported = await parts.exporter.export({
    rule,
    items: rule.items(run.args, tools),
    folder: outboxFolder(rule.name, run.ulid),
    signal,
    async progressed(items) {
      if (now() - saidMs < progressEveryMs) return;
      saidMs = now();
      const selected = items - counted;
      counted = items;
      await runs.progress(run.ulid, { counts: { selected } }, now());
    },
  });
  signal.throwIfAborted();
  const { items, files } = exported;
  const manifest = { items, files: [...files], problems: saidOf(exported) };
  if (files.length > 0) await writeManifest(parts.outbox, run, rule.name, manifest);
  return { ...manifest, counted };
}

function saidOf({ problems }: Exported): string[] {
  return problems.map(({ message }) => message);
}
