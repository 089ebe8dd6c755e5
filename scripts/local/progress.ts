import { Listr } from 'listr2';
import * as z from 'zod';

/** One thing that happened to one step of starting the stack. */
export const progressEventSchema = z.object({
  step: z.string(),
  state: z.enum(['begun', 'note', 'done', 'left-out', 'failed']),
  text: z.string().default(''),
});

export type ProgressEvent = z.infer<typeof progressEventSchema>;
export type Report = (event: ProgressEvent) => void;

export interface ProgressDisplay {
  readonly report: Report;
  /** Stops drawing; steps that have not ended are shown as they stand. Safe to repeat. */
  readonly close: () => Promise<void>;
}

/** Runs a step between its reports; what it throws is reported and thrown on. */
export async function runStep<Result>(
  report: Report,
  step: string,
  run: (note: (text: string) => void) => Promise<Result>,
): Promise<Result> {
  report({ step, state: 'begun', text: '' });
  try {
    const result = await run((text) => report({ step, state: 'note', text }));
    report({ step, state: 'done', text: '' });
    return result;
  } catch (error) {
    report({ step, state: 'failed', text: '' });
    throw error;
  }
}

/** The same for a step that may be left out: it returns why, or undefined when it was done. */
export async function runOptionalStep(
  report: Report,
  step: string,
  run: (note: (text: string) => void) => Promise<string | undefined>,
): Promise<void> {
  await runStep(
    (event) => {
      if (event.state !== 'done') report(event);
    },
    step,
    async (note) => {
      const leftOut = await run(note);
      report({ step, state: leftOut === undefined ? 'done' : 'left-out', text: leftOut ?? '' });
    },
  );
}

/** Shows steps as they come: a live list on a terminal, else a plain line for each change. */
export function showProgress(steps: readonly string[], isTerminal: boolean): ProgressDisplay {
  return isTerminal ? liveList(steps) : plainLines();
}

/** Enough for a reader of a log to see that something moves. */
const secondsBetweenNotes = 5;

function plainLines(): ProgressDisplay {
  const started = performance.now();
  let lastLine = started;
  const report: Report = ({ step, state, text }) => {
    const now = performance.now();
    if (state === 'begun') return;
    if (state === 'note' && now - lastLine < secondsBetweenNotes * 1000) return;
    lastLine = now;
    const seconds = ((now - started) / 1000).toFixed(1);
    const words = { note: text, done: 'done', 'left-out': `left out: ${text}`, failed: 'failed' };
    process.stdout.write(`[${seconds.padStart(5)} s] ${step}: ${words[state]}\n`);
  };
  return { report, close: () => Promise.resolve() };
}

function liveList(steps: readonly string[]): ProgressDisplay {
  const closed = Promise.withResolvers<void>();
  const rows = new Map(steps.map((step) => [step, progressRow()]));
  const list = new Listr(
    [...rows].map(([title, row]) => ({
      title,
      task: async (_context, task) => {
        row.show = (text) => (task.output = text);
        const end = await Promise.race([row.ended, closed.promise]);
        if (end === undefined) task.skip(`${title}: not done`);
        else if (end.state === 'left-out') task.skip(`${title}: left out: ${end.text}`);
        else if (end.state === 'failed') throw new Error(`${title} failed`);
      },
    })),
    { concurrent: true, exitOnError: false, registerSignalListeners: false },
  );
  const drawn = list.run();
  const report: Report = (event) => {
    const row = rows.get(event.step);
    if (event.state === 'note') row?.show(event.text);
    else if (event.state !== 'begun') row?.end(event);
  };
  const close = async () => {
    closed.resolve();
    await drawn;
  };
  return { report, close };
}

function progressRow() {
  const { promise: ended, resolve: end } = Promise.withResolvers<ProgressEvent>();
  return { ended, end, show: ignore };
}

/** What a row does with notes that come before it is drawn. */
function ignore(_text: string): void {}
