import { startDetached, isDetachedChild, superviseDetached } from './detached.ts';
import { engines } from './engines.ts';
import { localPaths } from './paths.ts';
import { showProgress } from './progress.ts';
import { readLiveRun, type RunRecord } from './run-record.ts';
import { requireSameEngines } from './same-engines.ts';
import { readStackFile } from './stack-file.ts';
import { applicationSteps, bringUpApplication, type StackOptions } from './stack.ts';
import { parseStartArguments, startUsage, type StartArguments } from './start-arguments.ts';
import { describeError, StartError } from './start-error.ts';
import { describeStack } from './summary.ts';
import { superviseStack } from './supervisor.ts';

type Options = Omit<StackOptions, 'signal' | 'report'>;

const engineSteps = engines.map(({ name }) => name);

/** `npm start`: starts the local stack, or brings the one that runs up to date with the code. */
async function start(): Promise<void> {
  const args = parseStartArguments(process.argv.slice(2), process.env);
  if (args.help) {
    say(startUsage);
    return;
  }
  const options: Options = {
    paths: localPaths(),
    environment: process.env,
    ports: args.ports,
    settings: args.settings,
  };
  if (isDetachedChild()) return superviseDetached(options);
  const live = await readLiveRun(options.paths);
  if (live !== undefined) return update(options, args, live);
  if (args.detach) return startDetached(options, [...engineSteps, ...applicationSteps]);
  return startInForeground(options);
}

async function startInForeground(options: Options): Promise<void> {
  // A closed terminal takes the output away before its SIGHUP comes.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const display = showProgress([...engineSteps, ...applicationSteps], process.stdout.isTTY);
  await superviseStack({
    options: { ...options, report: display.report },
    detached: false,
    onReady: async (stack) => {
      await display.close();
      say(await describeStack(stack, options.paths));
      say('Ctrl-C ends it and keeps the data.');
    },
    onEnding: (reason) => {
      void display.close();
      say(`Ending the stack (${reason}).`);
    },
  });
}

/** The engines run on, and so does whoever holds them; only the application is replaced. */
async function update(options: Options, args: StartArguments, live: RunRecord): Promise<void> {
  const { pid } = live.supervisor;
  const stack = await readStackFile(options.paths.stackFile);
  if (stack === undefined) {
    throw new StartError(
      `A stack is starting (process ${String(pid)}).`,
      'Wait until it runs, or end it: npm stop',
    );
  }
  requireSameEngines(stack, args, options.environment);
  say(`A stack runs already (process ${String(pid)}, ${stack.apiUrl}): updating it in place.`);
  const display = showProgress(applicationSteps, process.stdout.isTTY);
  const end = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(name, () => end.abort(new StartError('Interrupted.', 'Update again: npm start')));
  }
  try {
    const all = { ...options, report: display.report, signal: end.signal };
    const updated = await bringUpApplication(all, stack, new Set(live.leftOut));
    await display.close();
    say(await describeStack(updated, options.paths));
  } finally {
    await display.close();
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

try {
  await start();
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
