import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as z from 'zod';

const run = promisify(execFile);

/** A process as it is recorded. */
export const processSchema = z.object({ pid: z.number().int().positive(), identity: z.string() });

/** This process, to be recorded. */
export async function ownProcess(): Promise<z.infer<typeof processSchema>> {
  const identity = await processIdentity(process.pid);
  if (identity === undefined) throw new Error('this process cannot tell its own start time');
  return { pid: process.pid, identity };
}

/**
 * What tells a process from a later one with the same id: when it started, in whatever unit the
 * system gives. Undefined when no such process lives (a zombie counts as dead).
 */
export function processIdentity(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

/** True when the process recorded with this identity is still the one that has the id. */
export async function isSameProcess(pid: number, identity: string): Promise<boolean> {
  return (await processIdentity(pid)) === identity;
}

async function fromProc(pid: number): Promise<string | undefined> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // proc(5): the command in parentheses may hold spaces; state is field 3, start time field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

async function fromPs(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'state=,lstart=', '-p', String(pid)]);
    const [state = '', ...started] = stdout.trim().split(/\s+/u);
    return state === '' || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}
