import { contentReader } from '../content/content-reader.ts';
import type { ContentStore } from '../content/content-store.ts';
import { ExportError } from './attempt.ts';
import { claimedPaths } from './claimed-paths.ts';
import type { Exported, Exporter, ExportProblem, ExportWork } from './exporter.ts';
import { fileChecks } from './file-checks.ts';
import { orderedWork } from './ordered-work.ts';
import type { ExportedFile, Outbox } from './outbox.ts';
import { packed } from './packing.ts';
import { plannedOutput } from './planned-output.ts';
import { ruleFiles } from './rule-files.ts';
import { storedOutput } from './stored-output.ts';
import { supervisedOutputs, type Wanted } from './supervised-outputs.ts';
import { templates } from './templates.ts';

export interface ExporterParts {
  content: ContentStore;
  outbox: Outbox;
  /** With a folder of each rule's templates, DTDs and schemas: what `PUSH_FILES` names. */
  folder: string;
}

/** Files of an export that are brought to the outbox at the same time. */
const storedAtOnce = 8;

/** Templates, DTDs and schemas are compiled once for as long as it lives. */
export function exporter({ content: store, outbox, folder }: ExporterParts): Exporter {
  const tools = { content: contentReader(store) };
  const planning = { store, templates: templates(folder) };
  const storing = { outbox, checks: fileChecks(ruleFiles(folder)) };

  async function exported(work: ExportWork): Promise<Exported> {
    const { rule, signal } = work;
    const claimed = claimedPaths();
    const seen = new Set<string>();
    const storage = orderedWork<Outcome>(storedAtOnce);
    let items = 0;

    /** Outputs are planned one after the other, which decides whose a path is, and stored side by side. */
    async function make(wanted: Wanted): Promise<() => Promise<ExportedFile | undefined>> {
      if (wanted instanceof ExportError) throw wanted;
      const { content, output } = wanted;
      const planned = await plannedOutput(output, { content, rule, signal }, planning);
      const isNew = claimed.claim(planned.path, planned.fingerprint);
      return () => (isNew ? storedOutput(planned, work, storing) : Promise.resolve(undefined));
    }

    for await (const item of work.items) {
      signal.throwIfAborted();
      for await (const wanted of supervisedOutputs(item, seen, { rule, tools, signal })) {
        const outcome = await outcomeOf(() => make(wanted));
        await storage.begin(() =>
          typeof outcome === 'function' ? outcomeOf(outcome) : Promise.resolve(outcome),
        );
      }
      items += 1;
      await work.progressed?.(items);
    }
    const outcomes = await storage.results();
    const problems = outcomes.filter(isProblem);
    const files = await outcomeOf(() => packed(outcomes.filter(isFile), work, outbox));
    return isProblem(files)
      ? { items, files: [], problems: [...problems, files] }
      : { items, files, problems };
  }

  return { export: exported };
}

/** What became of an output: nothing more when its file was there already. */
type Outcome = ExportedFile | ExportProblem | undefined;

async function outcomeOf<Result>(work: () => Promise<Result>): Promise<Result | ExportProblem> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ExportError)) throw error;
    return { status: error.status, message: error.message };
  }
}

function isProblem(outcome: unknown): outcome is ExportProblem {
  return typeof outcome === 'object' && outcome !== null && 'status' in outcome;
}

function isFile(outcome: Outcome): outcome is ExportedFile {
  return outcome !== undefined && 'key' in outcome;
}
