import type { Command } from 'commander';
import * as z from 'zod';
import { withExamples, workOf } from './command.ts';
import { exitCodes, Failure } from './failure.ts';
import type { Column } from './output.ts';
import type { Surroundings } from './surroundings.ts';

/** As carrier-pigeon's check had them, which monitors go by. */
const checkCodes = { ok: 0, late: 2, 'too-late': 1, unknown: 3 } as const;

const checkSchema = z.looseObject({
  status: z.enum(['ok', 'late', 'too-late']),
  oldest: z.looseObject({ id: z.string(), createdAt: z.string() }).optional(),
  waiting: z.number(),
});

type Check = z.infer<typeof checkSchema>;

const checkColumns: readonly Column<Check>[] = [
  { heading: 'STATUS', cell: ({ status }) => status },
  { heading: 'WAITING', cell: ({ waiting }) => String(waiting) },
  { heading: 'OLDEST', cell: ({ oldest }) => oldest?.id ?? '' },
  { heading: 'SINCE', cell: ({ oldest }) => oldest?.createdAt ?? '' },
];

/** `push check`: for monitors, which read its exit code. Whatever keeps it from telling ends with 3. */
export function addCheck(group: Command, surroundings: Surroundings): void {
  const command = group
    .command('check')
    .description('whether pushes wait longer than they should; made for monitors')
    .exitOverride((error) => {
      if (error.exitCode === exitCodes.done) throw error;
      throw new Failure(checkCodes.unknown, 'Could not tell.');
    })
    .addHelpText('after', '\nExit codes: 0 fine   2 late   1 too late   3 could not tell')
    .action(async () => {
      const { output, connect } = workOf(command, surroundings);
      const check = await ask(connect);
      if (output.json) output.document(check);
      else output.rows(checkColumns, [check]);
      const { status, oldest } = check;
      if (status === 'ok') return;
      const since = oldest === undefined ? '' : ` (${oldest.id}, since ${oldest.createdAt})`;
      throw new Failure(
        checkCodes[status],
        `A push waits ${status === 'late' ? 'longer than it should' : 'far too long'}${since}.`,
      );
    });
  withExamples(command, 'push check', 'push check --json');
}

async function ask(connect: ReturnType<typeof workOf>['connect']): Promise<Check> {
  try {
    const api = await connect();
    return await api({ method: 'GET', path: '/v1/push/check' }, checkSchema);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(checkCodes.unknown, `Could not tell. ${reason}`);
  }
}
