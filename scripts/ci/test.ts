import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { localPaths } from '../local/paths.ts';
import { heldStackEnded } from './held-stack.ts';
import { countsLine, type Counts } from './counts.ts';

/**
 * In this order. What stands together runs at the same time: each of the two takes one core. Of the
 * others each takes both.
 */
const steps = [['unit'], ['contract', 'cdk'], ['e2e'], ['settings']] as const;

const resultsSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  /** Files that did not get as far as their tests. */
  numRuntimeErrorTestSuites: z.number(),
});

const { root } = localPaths({});
/**
 * What tests and tools leave behind in the temporary folder goes with this one. Not below the
 * repository: linters under test pass over what Git ignores there.
 */
const temporary = await mkdtemp(join(tmpdir(), 'sequitur-test-'));
// Servers that a test runs as another user have their own folders below it.
await chmod(temporary, 0o711);
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
];

const interruption = new AbortController();
const running = new Set<ChildProcess>();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    interruption.abort();
    for (const child of running) child.kill(name);
  });
}

const total = { passed: 0, failed: 0 };
for (const step of steps) {
  process.stdout.write(`\n== ${step.join(', ')}\n`);
  const ends = step.map((project) => runProject(project, process.argv.slice(2)));
  for (const { passed, failed } of await Promise.all(ends)) {
    total.passed += passed;
    total.failed += failed;
  }
  if (interruption.signal.aborted) break;
}
if (interruption.signal.aborted)
  await heldStackEnded(localPaths({ SEQUITUR_LOCAL_DIR: '.local/e2e' }));
await rm(temporary, { recursive: true, force: true });
process.stdout.write(`${countsLine(total)}\n`);
process.exitCode = interruption.signal.aborted ? 130 : Math.min(total.failed, 1);

/** Whatever goes wrong with a project, also before its first test, counts as a failure at least. */
async function runProject(name: string, args: readonly string[]): Promise<Counts> {
  const directory = join(root, '.local', 'test-results');
  const outputFile = join(directory, `${name}.json`);
  await mkdir(directory, { recursive: true });
  await rm(outputFile, { force: true });
  const child = spawn(
    process.execPath,
    [
      ...jest,
      '--selectProjects',
      name,
      name === 'unit' || name === 'e2e' ? '--maxWorkers=2' : '--runInBand',
      '--json',
      `--outputFile=${outputFile}`,
      // Of chosen tests not every project need have any.
      ...(args.length > 0 ? ['--passWithNoTests'] : []),
      ...args,
    ],
    { cwd: root, stdio: 'inherit', env: { ...process.env, TMPDIR: temporary } },
  );
  running.add(child);
  const code = await new Promise((resolve) => void child.once('exit', resolve));
  running.delete(child);
  const text = await readFile(outputFile, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1 };
  const results = resultsSchema.parse(JSON.parse(text));
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: code === 0 ? failed : Math.max(failed, 1),
  };
}
