import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { wholeNumber } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { confirm } from './confirm.ts';
import { hookIdArgument, withYesOption, yesOptions } from './hooks-arguments.ts';
import type { Surroundings } from './surroundings.ts';

const example = 'hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';

/** `hooks delete`: it asks, as its secret and what waits for it are gone with it. */
export function addDelete(group: Command, surroundings: Surroundings): void {
  const command = withYesOption(
    group
      .command('delete')
      .description('delete an endpoint; what waits for it is discarded')
      .argument('<hook>', "the endpoint's id", hookIdArgument),
  ).action(async (id: string) => {
    const { output, connect } = workOf(command, surroundings);
    if (!optionsOf(command, yesOptions).yes) {
      await confirm(
        surroundings,
        `This deletes the endpoint ${id} and its secrets; what waits for it is discarded. ` +
          'It cannot be undone.',
      );
    }
    const api = await connect();
    await api({ method: 'DELETE', path: apiPath`/v1/hooks/${id}` }, z.undefined());
    if (output.json) output.document({ id, deleted: true });
    else output.message(`Deleted: ${id}`);
  });
  withExamples(command, `hooks delete ${example}`, `hooks delete ${example} --yes`);
}

/** Days are what an overlap is thought in; the API knows 30 at most. */
const longestOverlapSeconds = 30 * 24 * 60 * 60;
const secretColumns = [{ heading: 'SECRET', cell: ({ secret }: { secret: string }) => secret }];

/** `hooks rotate-secret`: the new secret is shown this once. */
export function addRotateSecret(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('rotate-secret')
    .description('a new secret; the ones before go on signing for a while')
    .argument('<hook>', "the endpoint's id", hookIdArgument)
    .option(
      '--overlap <seconds>',
      'how long earlier secrets sign along, 0: not at all (default: 86400, a day)',
      wholeNumber(0, longestOverlapSeconds),
    )
    .action(async (id: string) => {
      const { output, connect } = workOf(command, surroundings);
      const { overlap } = optionsOf(command, z.object({ overlap: z.number().optional() }));
      const api = await connect();
      const rotated = await api(
        {
          method: 'POST',
          path: apiPath`/v1/hooks/${id}/rotate-secret`,
          ...(overlap !== undefined && { body: { overlapSeconds: overlap } }),
        },
        z.looseObject({ secret: z.string() }),
      );
      if (output.json) {
        output.document(rotated);
        return;
      }
      output.rows(secretColumns, [rotated]);
      output.message('Keep the secret: it is not shown again.');
    });
  withExamples(
    command,
    `hooks rotate-secret ${example}`,
    `hooks rotate-secret ${example} --overlap 0 --json`,
  );
}
