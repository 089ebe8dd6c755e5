import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { localPaths } from './paths.ts';
import { runTool } from './run-tool.ts';
import { describeError, StartError } from './start-error.ts';

export interface PythonEnvironment {
  /** Where the environment is, or is to be made. */
  readonly directory: string;
  /** pip requirements; a change of their text installs again. */
  readonly requirements: readonly string[];
  /** The interpreter that makes the environment. */
  readonly python?: string;
  readonly report?: (progress: string) => void;
  readonly signal?: AbortSignal;
}

export const emulatorRequirements = join(import.meta.dirname, 'requirements.txt');
export const pushRequirements = join(import.meta.dirname, 'requirements-push.txt');
export const testRequirements = join(import.meta.dirname, 'requirements-test.txt');

/**
 * Makes the project's own Python environment or brings it up to date, and returns its folder of
 * programs. Safe to repeat: with nothing changed it only looks.
 */
export async function ensurePythonEnvironment(options: PythonEnvironment): Promise<string> {
  const programs = join(options.directory, 'bin');
  const interpreter = join(programs, 'python');
  // An environment whose interpreter was upgraded away is a folder of dangling links.
  const usable = (await runTool(interpreter, ['-c', ''])).outcome === 'done';
  if (!usable) await createEnvironment(options);
  for (const requirements of options.requirements) {
    await installRequirements(interpreter, requirements, options);
  }
  return programs;
}

async function createEnvironment(options: PythonEnvironment): Promise<void> {
  const python = options.python ?? 'python3';
  const version = await runTool(python, [
    '-c',
    'import sys; sys.exit(0 if sys.version_info >= (3, 11) else 1)',
  ]);
  if (version.outcome !== 'done') {
    throw new StartError(
      version.outcome === 'missing'
        ? `Python is missing: there is no ${python} on the PATH.`
        : `${python} is older than Python 3.11.`,
      'Install Python 3.11 or later (Debian: apt install python3 python3-venv; macOS: brew install python).',
    );
  }
  options.report?.('making the Python environment');
  await rm(options.directory, { recursive: true, force: true });
  const made = await runTool(python, ['-m', 'venv', options.directory], signalOf(options));
  if (made.outcome !== 'done') {
    await rm(options.directory, { recursive: true, force: true });
    throw new StartError(
      `${python} could not make a virtual environment:\n${lastLines(made.output)}`,
      "Install Python's venv module (Debian: apt install python3-venv).",
    );
  }
}

async function installRequirements(
  interpreter: string,
  requirements: string,
  options: PythonEnvironment,
): Promise<void> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex');
  const stamp = join(options.directory, `installed-${digest.slice(0, 16)}`);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === digest) return;
  options.report?.('installing Python packages');
  const install = ['-m', 'pip', 'install', '--disable-pip-version-check', '-r', requirements];
  const installed = await runTool(interpreter, install, signalOf(options));
  if (installed.outcome !== 'done') {
    throw new StartError(
      `pip could not install ${requirements}:\n${lastLines(installed.output)}`,
      'Check the connection to the Python package index, then run the command again.',
    );
  }
  await writeFile(stamp, digest);
}

function signalOf({ signal }: PythonEnvironment): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-8).join('\n');
}

if (import.meta.main) {
  const forTests = process.argv.includes('--test');
  try {
    const programs = await ensurePythonEnvironment({
      directory: localPaths().pythonEnvironment,
      requirements: [
        emulatorRequirements,
        pushRequirements,
        ...(forTests ? [testRequirements] : []),
      ],
      report: (progress) => process.stderr.write(`${progress}\n`),
    });
    process.stdout.write(`${programs}\n`);
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = 1;
  }
}
