import { tables } from '../local-tables.ts';
import { median } from '../quantile.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { runFunction } from './run-function.ts';
import type { SampleCall, Samples } from './sample-call.ts';
import { samples } from './sample-calls.ts';
import { synthesiseBundles } from './synthesise.ts';
import type { Bundle } from './synthesise.ts';

const coldStarts = 10;
const warmCalls = { withoutIo: 3_000, fromTable: 300 };

/** Size, cold start and warm time of functions as they are deployed. */
export async function measureBundles(dynamoEndpoint: string): Promise<Result[]> {
  const bundles = await synthesiseBundles();
  const surroundings = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamoEndpoint,
    FOLLOWS_TABLE: tables.follows,
    TIMELINES_TABLE: tables.timelines,
    CONVOS_TABLE: tables.convos,
    WEBHOOKS_TABLE: tables.idleWebhooks,
    PUSH_TABLE: tables.idlePush,
  };
  const results: Result[] = [];
  for (const bundle of measured(bundles)) {
    const sample = samples[bundle.name];
    if (sample === undefined) throw new Error(`no sample call for ${bundle.name}`);
    results.push(...(await measure(bundle, sample, surroundings)));
  }
  return results;
}

async function measure(
  bundle: Bundle,
  { withoutIo, fromTable }: Samples,
  surroundings: Record<string, string>,
): Promise<Result[]> {
  const { name, bytes } = bundle;
  const run = (call: SampleCall, calls: number) => measureOnce(bundle, call, calls, surroundings);
  const results = [result(`${name}: bundle, minified`, bytes / 1024, 'KB', { atMost: 450 })];
  if (withoutIo) {
    // First of all, as it also brings the file into the system's cache.
    const { warmMs } = await run(withoutIo, warmCalls.withoutIo);
    const warm = `${name}: warm answer without I/O, median of ${String(warmCalls.withoutIo)}`;
    results.push(
      await coldStart(`${name}: cold start to the first answer`, () => run(withoutIo, 0)),
      result(warm, median(warmMs), 'ms', { atMost: 0.2 }),
    );
  }
  if (fromTable) {
    const { warmMs } = await run(fromTable, warmCalls.fromTable);
    const cold = `${name}: cold start to the first answer from its table`;
    const warm = `${name}: warm answer from its table, median of ${String(warmCalls.fromTable)}`;
    results.push(
      await coldStart(cold, () => run(fromTable, 0)),
      result(warm, median(warmMs), 'ms'),
    );
  }
  return results;
}

/**
 * Those that answer requests, and whichever else there are sample calls for.
 *
 * @throws RangeError when there are samples for a function that is not.
 */
function measured(bundles: readonly Bundle[]): Bundle[] {
  const missing = Object.keys(samples).filter(
    (wanted) => !bundles.some(({ name }) => name === wanted),
  );
  if (missing.length > 0) throw new RangeError(`not in the application: ${missing.join(', ')}`);
  return bundles.filter(({ name }) => name.endsWith('Api') || name in samples);
}

async function coldStart(name: string, run: () => Promise<{ coldMs: number }>): Promise<Result> {
  const times: number[] = [];
  for (let index = 0; index < coldStarts; index++) times.push((await run()).coldMs);
  return result(`${name}, median of ${String(coldStarts)}`, median(times), 'ms', { atMost: 150 });
}

async function measureOnce(
  bundle: Bundle,
  { answer, ...call }: SampleCall,
  warm: number,
  surroundings: Record<string, string>,
) {
  const run = await runFunction(bundle, { call, warmCalls: warm }, surroundings);
  if (run.answer !== answer) {
    throw new Error(`${bundle.name} answered ${String(run.answer)}, not ${String(answer)}`);
  }
  return run;
}
