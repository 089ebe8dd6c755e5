import type { Command } from 'commander';
import * as z from 'zod';
import { optionsOf, withExamples, workOf } from './command.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import type { ListRequest } from './list.ts';
import type { Column } from './output.ts';
import type { Surroundings } from './surroundings.ts';

const ruleSchema = z.looseObject({
  name: z.string(),
  kind: z.string(),
  description: z.string(),
  targets: z.array(z.string()),
  pack: z.string(),
});

const ruleColumns: readonly Column<z.infer<typeof ruleSchema>>[] = [
  { heading: 'RULE', cell: ({ name }) => name },
  { heading: 'KIND', cell: ({ kind }) => kind },
  { heading: 'PACK', cell: ({ pack }) => pack },
  { heading: 'TARGETS', cell: ({ targets }) => targets.join(' ') },
  { heading: 'DESCRIPTION', cell: ({ description }) => description },
];

/** `push rules`: what the configuration has pushed, and when. */
export function addRules(group: Command, surroundings: Surroundings): void {
  addConfigured(group, surroundings, {
    name: 'rules',
    description: 'the rules of the configuration; with --json their validators too',
    item: ruleSchema,
    columns: ruleColumns,
    none: 'The configuration has no rules.',
  });
}

const targetSchema = z.looseObject({
  name: z.string(),
  url: z.string(),
  hostKeys: z.array(z.string()),
  atomic: z.boolean(),
  concurrency: z.number(),
});

const targetColumns: readonly Column<z.infer<typeof targetSchema>>[] = [
  { heading: 'TARGET', cell: ({ name }) => name },
  { heading: 'CONNECTIONS', cell: ({ concurrency }) => String(concurrency) },
  { heading: 'ATOMIC', cell: ({ atomic }) => (atomic ? 'yes' : 'no') },
  { heading: 'URL', cell: ({ url }) => url },
  { heading: 'HOST KEYS', cell: ({ hostKeys }) => hostKeys.join(' ') },
];

/** `push targets`: where files go. */
export function addTargets(group: Command, surroundings: Surroundings): void {
  addConfigured(group, surroundings, {
    name: 'targets',
    description: 'the targets of the configuration',
    item: targetSchema,
    columns: targetColumns,
    none: 'The configuration has no targets.',
  });
}

type Configured<T> = Pick<ListRequest<T>, 'item' | 'columns' | 'none'> & {
  readonly name: 'rules' | 'targets';
  readonly description: string;
};

/** A list that is short: all of it, unless a page is asked for. */
function addConfigured<T>(
  group: Command,
  surroundings: Surroundings,
  { name, description, ...shown }: Configured<T>,
): void {
  const command = withListOptions(group.command(name).description(description)).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    const options = optionsOf(command, listOptionsSchema);
    const isOnePage = options.limit !== undefined || options.cursor !== undefined;
    await showList(await connect(), output, {
      ...shown,
      path: `/v1/push/${name}`,
      query: {},
      options: isOnePage ? options : { ...options, all: true },
    });
  });
  withExamples(command, `push ${name}`, `push ${name} --json`);
}
