import { randomUlid } from '../../lambdas/shared/identifier.ts';
import type { PostJob } from '../../lambdas/webhooks/contract.ts';
import { newHook } from '../../test/support/webhook-hooks.ts';
import { CollectedJobs } from '../collected-jobs.ts';
import { atOnce } from '../fan-out/at-once.ts';
import type { LocalTables } from '../local-tables.ts';
import { median } from '../quantile.ts';
import { result } from '../result.ts';
import type { Result } from '../result.ts';
import { newPoster, postWorkerParts, webhooksParts } from '../webhooks.ts';
import { startBenchReceiver } from './receiver.ts';
import { newDelivery } from './sample-delivery.ts';
import { messagesPerRun, postHandler, runsOf, runWorker } from './worker-runs.ts';

const deliveries = 100;
const rounds = 3;

/** Deliveries per second of the same handler with its table, which shares the processors here. */
export async function measurePostSpeedOnTable(local: LocalTables): Promise<Result[]> {
  const receiver = await startBenchReceiver();
  try {
    const parts = webhooksParts(local.client());
    const ulid = randomUlid(Date.now());
    const sealed = await parts.secrets.seal(parts.newSecret(), ulid);
    const hook = newHook({ ulid, target: receiver.url, secrets: [{ sealed }] });
    await parts.hooks.create(hook);
    const jobs = new CollectedJobs<PostJob>();
    const worker = postWorkerParts({ ...parts, poster: newPoster() }, jobs, parts.laneJobs);
    const handler = postHandler(worker);
    const speeds: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const made = Array.from({ length: deliveries }, () => newDelivery(hook));
      await atOnce(made, messagesPerRun, async ({ delivery, payload }) => {
        await parts.deliveries.create(delivery, payload, true);
      });
      const runs = runsOf(
        made.map(({ delivery }) => ({
          kind: 'post',
          hook: ulid,
          delivery: delivery.ulid,
          tries: 0,
        })),
      );
      const started = performance.now();
      await runWorker(handler, runs);
      speeds.push((deliveries / (performance.now() - started)) * 1000);
    }
    const { good } = await receiver.tally();
    if (good !== deliveries * rounds) throw new Error(`only ${String(good)} posts came`);
    return [
      result(
        'webhooks posted by the worker, with DynamoDB Local, which limits it',
        median(speeds),
        'deliveries/s',
      ),
    ];
  } finally {
    await receiver.end();
  }
}
