import { access, cp, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { localPaths, type LocalPaths } from '../local/paths.ts';
import { runTool, type ToolResult } from '../local/run-tool.ts';
import { describeError, StartError } from '../local/start-error.ts';

/** OpenSSH's server, as it lies on this machine. */
export interface OpenSsh {
  sshd: string;
  /** Folder with libraries that the system lacks. */
  libraries?: string;
  /** Programs that newer versions run for each connection, when they aren't where they were built for. */
  session?: string;
  auth?: string;
}

const remedy =
  'Install the SSH server (Debian: apt install openssh-server; it need not be running), or run on a Debian with apt, from which the tests fetch it themselves.';

/** Its programs and the library that a Debian without a server lacks. */
const packages = ['openssh-server', 'openssh-sftp-server', 'libwrap0'];

/**
 * Finds OpenSSH's server, or unpacks Debian's packages of it into this clone: nothing is installed.
 *
 * @throws StartError that says what to install
 */
export async function findOpenSsh(
  paths: LocalPaths = localPaths(),
  report: (progress: string) => void = () => undefined,
): Promise<OpenSsh> {
  const installed = await firstProgram([
    ...(process.env['PATH'] ?? '').split(delimiter).filter((each) => each !== ''),
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/lib/openssh',
  ]);
  if (installed !== undefined) return { sshd: installed };
  const directory = join(paths.engineDirectory, 'openssh');
  if (!(await isThere(join(directory, 'complete')))) {
    report("fetching OpenSSH's server from Debian");
    await fetchInto(directory);
  }
  return unpacked(directory);
}

async function firstProgram(folders: readonly string[]): Promise<string | undefined> {
  for (const folder of folders) {
    const path = join(folder, 'sshd');
    // oxlint-disable-next-line no-await-in-loop -- the first one counts
    if (await isThere(path, constants.X_OK)) return path;
  }
  return undefined;
}

function isThere(path: string, mode: number = constants.R_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** Apart, then renamed: a fetch that was cut off never looks like a whole one. */
async function fetchInto(directory: string): Promise<void> {
  const draft = `${directory}.${String(process.pid)}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    await download(draft);
    for (const each of (await readdir(draft)).filter((name) => name.endsWith('.deb'))) {
      // oxlint-disable-next-line no-await-in-loop -- into the same folders
      required(await runTool('dpkg', ['-x', join(draft, each), join(draft, 'root')]), 'dpkg');
    }
    await keepNeeded(join(draft, 'root'), draft);
    await rm(directory, { recursive: true, force: true });
    await rename(draft, directory);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** With the machine's own lists of packages, or else with lists fetched for this alone. */
async function download(draft: string): Promise<void> {
  const options = { workingDirectory: draft, timeoutMilliseconds: 120_000 };
  const known = await runTool('apt-get', ['download', '-q', ...packages], options);
  if (known.outcome === 'done') return;
  if (known.outcome === 'missing') throw missing(known);
  const lists = join(draft, 'lists');
  await mkdir(join(lists, 'partial'), { recursive: true });
  const own = ['-q', '-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${draft}`];
  required(await runTool('apt-get', [...own, 'update'], options), 'apt-get update');
  required(
    await runTool('apt-get', [...own, 'download', ...packages], options),
    'apt-get download',
  );
}

/** The programs side by side, with the libraries: little enough to be copied for each server. */
async function keepNeeded(root: string, to: string): Promise<void> {
  await cp(join(root, 'usr/sbin/sshd'), join(to, 'sshd'));
  const helpers = await readdir(join(root, 'usr/lib/openssh'));
  for (const name of helpers.filter((each) =>
    /^(sftp-server|sshd-session|sshd-auth)$/.test(each),
  )) {
    // oxlint-disable-next-line no-await-in-loop -- three small files
    await cp(join(root, 'usr/lib/openssh', name), join(to, name));
  }
  for (const entry of await readdir(join(root, 'usr/lib'), { recursive: true })) {
    if (!/libwrap\.so\.\d+$/.test(entry)) continue;
    // oxlint-disable-next-line no-await-in-loop -- one file
    await cp(join(root, 'usr/lib', entry), join(to, 'libwrap.so.0'), { dereference: true });
  }
  await rm(root, { recursive: true });
  for (const each of await readdir(to)) {
    // oxlint-disable-next-line no-await-in-loop -- a few files
    if (each.endsWith('.deb') || each === 'lists') await rm(join(to, each), { recursive: true });
  }
  await writeFile(join(to, 'complete'), '');
}

async function unpacked(directory: string): Promise<OpenSsh> {
  const found = async (name: string) =>
    (await isThere(join(directory, name))) ? join(directory, name) : undefined;
  const [session, auth] = await Promise.all([found('sshd-session'), found('sshd-auth')]);
  return {
    sshd: join(directory, 'sshd'),
    libraries: directory,
    ...(session === undefined ? {} : { session }),
    ...(auth === undefined ? {} : { auth }),
  };
}

function required(result: ToolResult, what: string): void {
  if (result.outcome !== 'done') throw missing(result, what);
}

function missing({ output }: ToolResult, what = 'apt-get'): StartError {
  const why = output.trim().split('\n').slice(-4).join('\n');
  return new StartError(
    `OpenSSH's server is missing, and ${what} could not fetch it${why === '' ? '.' : `:\n${why}`}`,
    remedy,
  );
}

if (import.meta.main) {
  try {
    process.stdout.write(
      `${(await findOpenSsh(localPaths(), (progress) => process.stderr.write(`${progress}\n`))).sshd}\n`,
    );
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
  }
}
