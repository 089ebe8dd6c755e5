import { setTimeout as delay } from 'node:timers/promises';
import { localPaths } from './paths.ts';
import { isSameProcess } from './process-identity.ts';
import { readLiveRun, removeDeadRun } from './run-record.ts';
import { readStackFile } from './stack-file.ts';
import { describeError, StartError } from './start-error.ts';
import { describeStop } from './stop-report.ts';

/** An emulator with much data takes some seconds to save it. */
const timeoutMilliseconds = 30_000;
const pollMilliseconds = 50;

/** `npm stop`: ends the local stack, whoever started it, and keeps its data. A preset AWS endpoint runs on. */
async function stop(): Promise<string> {
  const paths = localPaths();
  const run = await readLiveRun(paths);
  if (run === undefined) {
    const leftOver = await removeDeadRun(paths);
    return leftOver ? 'Ended what a crashed stack had left.' : 'No local stack is running.';
  }
  const { pid, identity } = run.supervisor;
  const stack = await readStackFile(paths.stackFile);
  process.kill(pid, 'SIGTERM');
  for (let waited = 0; waited < timeoutMilliseconds; waited += pollMilliseconds) {
    if (!(await isSameProcess(pid, identity))) return describeStop(run, stack);
    await delay(pollMilliseconds);
  }
  throw new StartError(
    `The local stack (process ${String(pid)}) has not ended in ${String(timeoutMilliseconds / 1000)} s.`,
    `End it by force: kill -9 ${String(pid)}; npm stop`,
  );
}

try {
  process.stdout.write(`${await stop()}\n`);
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`);
  process.exitCode = 1;
}
