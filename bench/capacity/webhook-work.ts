import { randomUlid } from '../../lambdas/shared/identifier.ts';
import type { PostJob } from '../../lambdas/webhooks/contract.ts';
import type { Hook } from '../../lambdas/webhooks/hook.ts';
import { workLane } from '../../lambdas/webhooks/lane-worker.ts';
import { match } from '../../lambdas/webhooks/matcher.ts';
import { work } from '../../lambdas/webhooks/post-worker.ts';
import type { Poster } from '../../lambdas/webhooks/poster.ts';
import type { WebhookEvent } from '../../lambdas/webhooks/webhook-event.ts';
import { newHook } from '../../test/support/webhook-hooks.ts';
import { newResource } from '../sample.ts';
import { laneParts, matcherParts, postWorkerParts } from '../webhooks.ts';
import type { WebhooksParts } from '../webhooks.ts';
import { newEvent } from '../posting/sample-delivery.ts';

/** A receiver that answers every post at once, as the worker records it. */
export function answering(status: number): Poster {
  return {
    post: () =>
      Promise.resolve({
        attempt: {
          at: Date.now(),
          durationMs: 120,
          status,
          ...(status >= 300 && {
            error: { kind: 'status' as const, message: `answered ${String(status)}` },
          }),
          responseHeaders: { 'content-type': 'text/plain', date: new Date().toUTCString() },
          responseBody: status >= 300 ? 'Internal Server Error' : '',
        },
      }),
  };
}

/** What the functions of webhooks do, each step by itself, for hooks that nobody else has events for. */
export class WebhookWork {
  readonly parts: WebhooksParts;
  /** How far the clock of lanes is ahead, milliseconds: for timers that nobody waits for. */
  aheadMs = 0;
  #sequence = 0;

  constructor(parts: WebhooksParts) {
    this.parts = parts;
  }

  /** A hook of somebody's own. */
  async hook(more: Partial<Hook> = {}): Promise<Hook> {
    const ulid = randomUlid(Date.now());
    const sealed = await this.parts.secrets.seal(this.parts.newSecret(), ulid);
    const owner = newResource();
    const secrets = [{ sealed }];
    const hook = newHook({ ulid, owner, events: ['article.*'], secrets, ...more });
    await this.parts.hooks.create(hook);
    return hook;
  }

  /** One event for the hook's owner. */
  async match(hook: Hook, event: WebhookEvent = newEvent()): Promise<void> {
    await match(matcherParts(this.parts), { ...event, audience: [hook.owner ?? ''] });
  }

  /** The jobs of single posts that wait; the next posts of those that fail are left. */
  async post(poster: Poster, jobs: readonly PostJob[] = this.parts.postJobs.take()): Promise<void> {
    const { postJobs, laneJobs } = this.parts;
    const worker = postWorkerParts({ ...this.parts, poster }, postJobs, laneJobs);
    for (const job of jobs) await work(worker, job);
  }

  /** The messages of lanes that wait, all of one hook, in runs of at most so many. */
  async lane(hook: Hook, poster: Poster, messages: number): Promise<void> {
    const jobs = this.parts.laneJobs.take();
    const parts = laneParts(this.parts, poster);
    const pace = { ...parts.post.pace, now: () => Date.now() + this.aheadMs };
    for (let start = 0; start < jobs.length; start += messages) {
      const run = jobs.slice(start, start + messages).map((job) => ({
        job,
        sequence: String(++this.#sequence),
        sentAtMs: Date.now(),
      }));
      await workLane({ ...parts, post: { ...parts.post, pace } }, hook.ulid, run);
    }
  }
}
