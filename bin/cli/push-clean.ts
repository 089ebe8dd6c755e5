import type { Command } from 'commander';
import * as z from 'zod';
import { optionsOf, withExamples, workOf } from './command.ts';
import type { Column } from './output.ts';
import { resumed } from './push-rounds.ts';
import type { Surroundings } from './surroundings.ts';

const rowSchema = z.looseObject({
  id: z.string(),
  content: z.string(),
  rule: z.string(),
  target: z.string(),
  lastAttemptAt: z.string(),
});

/** `push clean-queue`: rows that were pushed long ago. */
export function addCleanQueue(group: Command, surroundings: Surroundings): void {
  addClean(group, surroundings, {
    name: 'clean-queue',
    description: 'remove rows that were pushed long ago, as the schedule does every day',
    noun: 'item',
    item: rowSchema,
    columns: [
      { heading: 'ID', cell: ({ id }) => id },
      { heading: 'CONTENT', cell: ({ content }) => content },
      { heading: 'RULE', cell: ({ rule }) => rule },
      { heading: 'TARGET', cell: ({ target }) => target },
      { heading: 'LAST TRY', cell: ({ lastAttemptAt }) => lastAttemptAt },
    ],
  });
}

const fileSchema = z.looseObject({ key: z.string(), size: z.number(), modifiedAt: z.string() });

/** `push clean-export`: files that were exported long ago. */
export function addCleanExport(group: Command, surroundings: Surroundings): void {
  addClean(group, surroundings, {
    name: 'clean-export',
    description: 'delete files that were exported long ago, as the schedule does every day',
    noun: 'file',
    item: fileSchema,
    columns: [
      { heading: 'EXPORTED', cell: ({ modifiedAt }) => modifiedAt },
      { heading: 'BYTES', cell: ({ size }) => String(size) },
      { heading: 'FILE', cell: ({ key }) => key },
    ],
  });
}

interface Cleaning<T> {
  readonly name: 'clean-queue' | 'clean-export';
  readonly description: string;
  readonly noun: string;
  /** Keep unknown properties (`z.looseObject`): `--json` shows what the API said. */
  readonly item: z.ZodType<T>;
  readonly columns: readonly Column<T>[];
}

/** However many calls it takes; a dry run has a line for each candidate and, at the end, their number. */
function addClean<T>(
  group: Command,
  surroundings: Surroundings,
  { name, description, noun, item, columns }: Cleaning<T>,
): void {
  const roundSchema = z.object({
    deleted: z.number(),
    candidates: z.number(),
    items: z.array(item),
    nextCursor: z.string().optional(),
  });
  const command = group
    .command(name)
    .description(description)
    .option('--dry-run', 'only tell what would go')
    .action(async () => {
      const { output, connect } = workOf(command, surroundings);
      const { dryRun } = optionsOf(command, z.object({ dryRun: z.boolean().default(false) }));
      const first = { method: 'POST', path: `/v1/push/${name}`, body: { dryRun } } as const;
      const all = { deleted: 0, candidates: 0, items: new Array<T>() };
      for await (const round of resumed(await connect(), first, roundSchema)) {
        all.deleted += round.deleted;
        all.candidates += round.candidates;
        if (output.json) for (const one of round.items) all.items.push(one);
        else if (dryRun && round.items.length > 0) output.rows(columns, round.items);
      }
      if (output.json) output.document(all);
      else {
        surroundings.stdout.write(
          dryRun
            ? `Total count of ${noun} to be deleted ${String(all.candidates)}\n`
            : `Total count of ${noun} deleted ${String(all.deleted)}\n`,
        );
      }
    });
  withExamples(command, `push ${name} --dry-run`, `push ${name} --json`);
}
