import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureBundles } from './bundles/measure-bundles.ts';
import { measureCapacity } from './capacity/measure-capacity.ts';
import { measureConcurrentFollows } from './contention/concurrent-follows.ts';
import { measureConcurrentSends } from './contention/concurrent-sends.ts';
import { writeCostPage } from './cost/cost-page.ts';
import { measureFanOut } from './fan-out/measure-fan-out.ts';
import { startLocalTables } from './local-tables.ts';
import { measureDrainedQueue } from './posting/drained-queue.ts';
import { measureLatency } from './posting/measure-latency.ts';
import { measurePostSpeed } from './posting/post-speed.ts';
import { measurePostSpeedOnTable } from './posting/post-speed-on-table.ts';
import { measureLargeFile } from './push/measure-large-file.ts';
import { measureQueue } from './push/queue-speed.ts';
import { measureSftp } from './push/sftp-speed.ts';
import { measureXsd } from './push/xsd.ts';
import { printable } from './printable.ts';
import type { Result } from './result.ts';
import { measureSending } from './sending/measure-sending.ts';

const started = performance.now();
const tables = await startLocalTables(report);
// An interrupted run leaves nothing behind, and writes nothing.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void tables.stop().finally(() => process.exit(1)));
}
const results: Result[] = [];
try {
  report('consumed capacity of each operation');
  results.push(...(await measureCapacity(tables)));
  report('500 follows of one resource at once');
  results.push(...(await measureConcurrentFollows(tables)));
  report('messages at once: in one thread, to one recipient');
  results.push(...(await measureConcurrentSends(tables)));
  report('bundles, cold starts, warm answers');
  results.push(...(await measureBundles(tables.endpoint)));
  report('fan-out to 10,000 followers');
  results.push(...(await measureFanOut(tables)));
  report('messages per second');
  results.push(...(await measureSending(tables)));
  report('webhooks per second');
  results.push(...(await measurePostSpeed()), ...(await measurePostSpeedOnTable(tables)));
  report('a queue of 100,000 webhooks');
  results.push(...(await measureDrainedQueue()));
  results.push(...(await measureLatency(report)));
  report('files over SFTP');
  results.push(...(await measureSftp(report)));
  report('a queue of 10,000 pushes, validation');
  results.push(...(await measureQueue(tables)), ...(await measureXsd()));
  report('a file of 1 GB');
  results.push(...(await measureLargeFile(report)));
} finally {
  await tables.stop();
}
await writeFile(
  join(import.meta.dirname, 'results.json'),
  `${JSON.stringify(results, undefined, 2)}\n`,
);
await writeCostPage(results);
console.log(printable(results));
const seconds = Math.round((performance.now() - started) / 1000);
report(`done in ${String(seconds)} s; written: bench/results.json, the tables of docs/cost.md`);

function report(progress: string): void {
  console.error(`bench: ${progress}`);
}
