import { randomBytes } from 'node:crypto';
import { randomUlid } from '../../lambdas/shared/identifier.ts';
import type { QueueHandler } from '../../lambdas/shared/queue-handler.ts';
import type { PostJob } from '../../lambdas/webhooks/contract.ts';
import { newSecret } from '../../lambdas/webhooks/signature.ts';
import { rememberedSecrets } from '../../lambdas/webhooks/remembered-secrets.ts';
import { inMemoryRateLimits } from '../../test/support/in-memory-rate-limits.ts';
import { inMemorySecretBox } from '../../test/support/in-memory-secret-box.ts';
import { newHook } from '../../test/support/webhook-hooks.ts';
import { CollectedJobs } from '../collected-jobs.ts';
import { newPoster, postWorkerParts } from '../webhooks.ts';
import { KnownHooks } from './known-hooks.ts';
import { LeavingDeliveries } from './leaving-deliveries.ts';
import { newDelivery } from './sample-delivery.ts';
import { postHandler } from './worker-runs.ts';

/** So that whatever fails is tried until it arrives. */
const retry = { retries: 100, retryInterval: 1 };

/** The post worker over stores in memory, with hooks to one receiver. */
export interface WorkerInMemory {
  handler: QueueHandler;
  deliveries: LeavingDeliveries;
  /** What the worker sends: the next posts of what failed. */
  jobs: CollectedJobs<PostJob>;
  /** The signing secret of all hooks, in the clear. */
  secret: string;
  /** Stores so many new deliveries, one for each hook by turns; gives their jobs. */
  newJobs: (count: number) => PostJob[];
}

export async function workerInMemory(target: string, hooks: number): Promise<WorkerInMemory> {
  const secrets = rememberedSecrets(inMemorySecretBox());
  const secret = newSecret(randomBytes);
  const made = await Promise.all(
    Array.from({ length: hooks }, async () => {
      const ulid = randomUlid(Date.now());
      const sealed = await secrets.seal(secret, ulid);
      return newHook({ ulid, target, retry, secrets: [{ sealed }] });
    }),
  );
  const deliveries = new LeavingDeliveries();
  const jobs = new CollectedJobs<PostJob>();
  const stores = { hooks: new KnownHooks(made), deliveries, limits: inMemoryRateLimits() };
  const parts = { ...stores, secrets, poster: newPoster() };
  const newJob = (hook = newHook()): PostJob => {
    const one = newDelivery(hook);
    deliveries.put(one);
    return { kind: 'post', hook: hook.ulid, delivery: one.delivery.ulid, tries: 0 };
  };
  return {
    handler: postHandler(postWorkerParts(parts, jobs, new CollectedJobs())),
    deliveries,
    jobs,
    secret,
    newJobs: (count) =>
      Array.from({ length: count }, (_none, index) => newJob(made[index % made.length])),
  };
}
