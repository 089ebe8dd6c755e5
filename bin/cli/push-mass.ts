import type { Command } from 'commander';
import * as z from 'zod';
import { apiPath } from './api.ts';
import { idempotencyKeyOption } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import { plainText } from './plain-text.ts';
import { ruleArgument } from './push-arguments.ts';
import { runToItsEnd } from './push-started.ts';
import { countsOf, type ShownRun } from './shown-run.ts';
import type { Surroundings } from './surroundings.ts';

const massOptions = z.object({ wait: z.boolean(), idempotencyKey: z.string().optional() });

/** What carrier-pigeon's command said, and what its users look for. */
const words = { done: 'Job ran correctly', nothing: 'Nothing to push' } as const;

/** `push mass`: the items of a mass rule to all its targets. */
export function addMass(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('mass')
    .description('push the items of a mass rule together, to all its targets')
    .argument('<rule>', 'a mass rule, see "push rules"', ruleArgument)
    .argument('[args...]', 'what the rule takes; after -- also what begins with a hyphen')
    .option('--no-wait', 'do not wait for the end')
    .addOption(idempotencyKeyOption('the same key starts one run within 24 hours'))
    .action(async (rule: string, args: string[]) => {
      const { output, connect } = workOf(command, surroundings);
      const { wait, idempotencyKey } = optionsOf(command, massOptions);
      const request = {
        method: 'POST',
        path: apiPath`/v1/push/rules/${rule}/mass`,
        body: { args },
      } as const;
      const start = { request, idempotencyKey, wait };
      const run = await runToItsEnd(await connect(), start, { output, surroundings });
      if (run === undefined) return;
      const failed = run.state === 'failed' || run.counts.failed > 0;
      if (output.json) output.document(run);
      else if (failed) for (const message of run.messages) output.message(plainText(message));
      else surroundings.stdout.write(`${isEmpty(run) ? words.nothing : words.done}\n`);
      if (failed) throw new Failure(exitCodes.workFailed, `The job failed. ${countsOf(run)}`);
    });
  withExamples(
    command,
    'push mass weekly-digest 2026-11-16',
    'push mass weekly-digest 2026-11-16 --no-wait --json',
  );
}

function isEmpty({ counts: { selected } }: ShownRun): boolean {
  return selected === 0;
}
