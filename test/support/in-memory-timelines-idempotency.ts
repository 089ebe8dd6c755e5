import { idempotencySeconds } from '../../lambdas/shared/idempotency.ts';
import type { IdempotencyStore, RememberedAnswer } from '../../lambdas/shared/idempotency.ts';
import type { Clock } from '../../lambdas/shared/identifier.ts';

/** First answers in memory; it passes the same contract tests as the table's adapter. */
export class InMemoryIdempotency implements IdempotencyStore {
  readonly #entries = new Map<string, RememberedAnswer & { untilMs: number }>();
  readonly #now: Clock;

  constructor(now: Clock) {
    this.#now = now;
  }

  remember(
    key: string,
    { bodyHash, answer }: RememberedAnswer,
  ): Promise<RememberedAnswer | undefined> {
    const before = this.#entries.get(key);
    if (before && before.untilMs > this.#now()) {
      return Promise.resolve({ bodyHash: before.bodyHash, answer: before.answer });
    }
    const untilMs = this.#now() + idempotencySeconds * 1000;
    this.#entries.set(key, { bodyHash, answer, untilMs });
    return Promise.resolve(undefined);
  }
}
