import { tables } from '../local-tables.ts';
import { median } from '../quantile.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { newResource } from '../sample.ts';
import type { Order } from './order.ts';
import { runFunction } from './run-function.ts';
import { synthesiseApiBundles } from './synthesise.ts';
import type { Bundle } from './synthesise.ts';

const coldStarts = 10;
const warmCalls = 3_000;

/** A request, and how it must be answered. */
type Sample = Order['call'] & { status: number };

/** What each function answers without I/O, and from its table. */
const samples: Readonly<Record<string, { withoutIo: Sample; fromTable?: Sample }>> = {
  CoreApi: { withoutIo: get('/v1/health', 200) },
  FollowsApi: {
    withoutIo: get('/v1/resources/nobody:1/counts', 400),
    fromTable: get(`/v1/resources/${newResource()}/counts`, 200),
  },
  TimelinesApi: {
    withoutIo: get('/v1/resources/nobody:1/timelines/public', 400),
    fromTable: get(`/v1/resources/${newResource()}/timelines/public`, 200),
  },
};

/** Size, cold start and warm time of the functions that answer requests, as they are deployed. */
export async function measureBundles(dynamoEndpoint: string): Promise<Result[]> {
  const bundles = await synthesiseApiBundles();
  const surroundings = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamoEndpoint,
    FOLLOWS_TABLE: tables.follows,
    TIMELINES_TABLE: tables.timelines,
  };
  const results: Result[] = [];
  for (const bundle of bundles) {
    const { withoutIo, fromTable } = samples[bundle.name] ?? {};
    if (withoutIo === undefined) throw new Error(`no sample request for ${bundle.name}`);
    const run = (sample: Sample, calls: number) => measureOnce(bundle, sample, calls, surroundings);
    // Twice the same: the first brings the file into the system's cache.
    await run(withoutIo, 0);
    results.push(
      result(`${bundle.name}: bundle, minified`, bundle.bytes / 1024, 'KB', { atMost: 450 }),
      await coldStart(`${bundle.name}: cold start to the first answer`, () => run(withoutIo, 0)),
    );
    if (fromTable) {
      const name = `${bundle.name}: cold start to the first answer from its table`;
      results.push(await coldStart(name, () => run(fromTable, 0)));
    }
    const { warmMs } = await run(withoutIo, warmCalls);
    const name = `${bundle.name}: warm answer without I/O, median of ${String(warmCalls)}`;
    results.push(result(name, median(warmMs), 'ms', { atMost: 0.2 }));
  }
  return results;
}

async function coldStart(name: string, run: () => Promise<{ coldMs: number }>): Promise<Result> {
  const times: number[] = [];
  for (let index = 0; index < coldStarts; index++) times.push((await run()).coldMs);
  return result(`${name}, median of ${String(coldStarts)}`, median(times), 'ms', { atMost: 150 });
}

async function measureOnce(
  bundle: Bundle,
  { status, ...call }: Sample,
  warm: number,
  surroundings: Record<string, string>,
) {
  const measured = await runFunction(bundle, { call, warmCalls: warm }, surroundings);
  if (measured.status !== status) {
    throw new Error(`${bundle.name} answered ${String(measured.status)} to ${call.url}`);
  }
  return measured;
}

function get(url: string, status: number): Sample {
  return { method: 'GET', url, sub: 'reader', status };
}
