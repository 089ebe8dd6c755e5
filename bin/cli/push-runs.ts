import type { Command } from 'commander';
import { apiPath } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { listOptionsSchema, showList, withListOptions } from './list.ts';
import { runIdArgument } from './push-arguments.ts';
import { runColumns, runSchema } from './shown-run.ts';
import type { Surroundings } from './surroundings.ts';

/** `push runs`: runs of the queue and of mass rules. */
export function addRuns(group: Command, surroundings: Surroundings): void {
  const command = withListOptions(
    group.command('runs').description('runs of the queue and of mass rules, newest first'),
  ).action(async () => {
    const { output, connect } = workOf(command, surroundings);
    await showList(await connect(), output, {
      path: '/v1/push/runs',
      query: {},
      options: optionsOf(command, listOptionsSchema),
      item: runSchema,
      columns: runColumns,
      none: 'Nothing has run in the last 30 days.',
    });
  });
  withExamples(command, 'push runs', 'push runs --limit 1 --json');
}

/** `push show-run`: how far one run is. */
export function addShowRun(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('show-run')
    .description('how far a run is, with its messages')
    .argument('<id>', 'the id of the run', runIdArgument)
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const api = await connect();
      const run = await api({ method: 'GET', path: apiPath`/v1/push/runs/${id}` }, runSchema);
      if (output.json) output.document(run);
      else output.entries(runColumns, [run], ({ messages }) => messages.join('\n'));
    });
  withExamples(command, `push show-run ${example}`, `push show-run ${example} --json`);
}

const example = 'run_01KAJ0MAF4T6B8D0F2H4K6M8P0';
