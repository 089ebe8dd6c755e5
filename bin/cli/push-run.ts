import type { Command } from 'commander';
import * as z from 'zod';
import { idempotencyKeyOption } from './arguments.ts';
import { optionsOf, withExamples, workOf } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import { plainText } from './plain-text.ts';
import { ruleArgument } from './push-arguments.ts';
import { runToItsEnd } from './push-started.ts';
import { countsOf } from './shown-run.ts';
import type { Surroundings } from './surroundings.ts';

const runOptions = z.object({
  rule: z.string().optional(),
  wait: z.boolean(),
  idempotencyKey: z.string().optional(),
});

/** `push run`: what is NEW is pushed now, not with the next minute. */
export function addRun(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('run')
    .description('push now what waits in the queue; the schedule does so every minute')
    .option('--rule <rule>', 'only what this rule pushes', ruleArgument)
    .option('--no-wait', 'do not wait for the end')
    .addOption(idempotencyKeyOption('the same key starts one run within 24 hours'))
    .action(async () => {
      const { output, connect } = workOf(command, surroundings);
      const { rule, wait, idempotencyKey } = optionsOf(command, runOptions);
      const request = { method: 'POST', path: '/v1/push/run', body: { rule } } as const;
      const start = { request, idempotencyKey, wait };
      const run = await runToItsEnd(await connect(), start, { output, surroundings });
      if (run === undefined) return;
      if (output.json) output.document(run);
      else {
        surroundings.stdout.write(`${countsOf(run)}\n`);
        for (const message of run.messages) output.message(plainText(message));
      }
      if (run.state === 'failed' || run.counts.failed > 0) {
        throw new Failure(
          exitCodes.workFailed,
          'What failed, and why: npx sequitur push items --status failed',
        );
      }
    });
  withExamples(command, 'push run', 'push run --rule partner-stories --json');
}
