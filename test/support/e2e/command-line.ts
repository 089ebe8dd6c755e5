import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { localPaths } from '../../../scripts/local/paths.ts';
import { stackUnderTest } from './api.ts';
import type { Person } from './people.ts';

export interface CommandOutcome {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line in a process of its own, as somebody, without a terminal. */
export async function sequitur(
  who: Pick<Person, 'token'>,
  ...words: string[]
): Promise<CommandOutcome> {
  const { apiUrl } = await stackUnderTest();
  const program = join(localPaths().root, 'bin', 'sequitur.ts');
  const env = { ...process.env, SEQUITUR_URL: apiUrl, SEQUITUR_TOKEN: who.token };
  return new Promise((settle) => {
    const child = execFile(
      process.execPath,
      [program, ...words],
      { env },
      (_error, stdout, stderr) => settle({ exitCode: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}
