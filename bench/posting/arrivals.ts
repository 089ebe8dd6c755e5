import { setTimeout as delay } from 'node:timers/promises';
import type { BenchReceiver } from './receiver.ts';
import type { Received } from './receiver-messages.ts';

/** A post that has not come by then never will. */
const patienceMs = 30_000;

/** The first posts of each event, by `webhook-id`. */
export class Arrivals {
  readonly #posts = new Map<string, Received>();
  readonly #waiting = new Map<string, (post: Received) => void>();

  constructor(receiver: BenchReceiver) {
    receiver.onPost((post) => {
      const id = post.headers['webhook-id'] ?? '';
      if (this.#posts.has(id)) return;
      this.#posts.set(id, post);
      this.#waiting.get(id)?.(post);
    });
  }

  /** The event's first post, whether it has come already or comes now. */
  async of(id: string): Promise<Received> {
    const end = new AbortController();
    try {
      return await Promise.race([
        new Promise<Received>((resolve) => {
          const come = this.#posts.get(id);
          if (come === undefined) this.#waiting.set(id, resolve);
          else resolve(come);
        }),
        delay(patienceMs, undefined, end).then(() => {
          throw new Error(`${id} has not been posted within ${String(patienceMs / 1000)} s`);
        }),
      ]);
    } finally {
      end.abort();
    }
  }
}
