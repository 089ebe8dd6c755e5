import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { hookIdArgument, timeArgument } from './hooks-arguments.ts';
import { acceptedInAll } from './hooks-rounds.ts';
import type { Surroundings } from './surroundings.ts';

const example = 'hook_01KAJ0M9Y8N3V5T7W9X1Z2B4C6';
const replayOptions = z.object({
  since: z.string(),
  until: z.string().optional(),
  onlyFailed: z.boolean().default(false),
});

/** `hooks replay`: events of a range of time again, however many calls that takes. */
export function addReplay(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('replay')
    .description('post events of a range of time to an endpoint again, with the same ids')
    .argument('<hook>', "the endpoint's id", hookIdArgument)
    .requiredOption('--since <time>', 'events from then on, RFC 3339 or a date', timeArgument)
    .option('--until <time>', 'events before (default: until now)', timeArgument)
    .option('--only-failed', 'only what failed, or was held while the endpoint was disabled')
    .action(async (hook: string) => {
      const { output, connect } = workOf(command, surroundings);
      const options = optionsOf(command, replayOptions);
      // The end stays where it was at the beginning: what a later call finds would be new.
      const until = options.until ?? new Date(surroundings.now()).toISOString();
      const { since, onlyFailed } = options;
      const call = (from: string) =>
        ({
          method: 'POST',
          path: apiPath`/v1/hooks/${hook}/replay`,
          body: { since: from, until, onlyFailed },
        }) as const;
      const accepted = await acceptedInAll(await connect(), call(since), ({ nextSince }) =>
        nextSince === undefined ? undefined : call(nextSince),
      );
      if (output.json) output.document({ accepted });
      else output.message(`On their way: ${String(accepted)}`);
    });
  withExamples(
    command,
    `hooks replay ${example} --since 2026-11-21T10:00:00Z --only-failed`,
    `hooks replay ${example} --since 2026-11-20 --until 2026-11-21`,
  );
}
