import { Pool } from 'undici';
import { signatureHeaders } from '../../lambdas/webhooks/signature.ts';
import { atOnce } from '../fan-out/at-once.ts';

/** A post as any program would make it. */
export interface BarePost {
  id: string;
  body: string;
}

/** Posts with nothing but undici, signed, so many at once on as many connections. */
export class BareLoop {
  readonly #target: URL;
  readonly #secret: string;
  readonly #limit: number;
  readonly #pool: Pool;

  constructor(target: string, { secret, limit }: { secret: string; limit: number }) {
    this.#target = new URL(target);
    this.#secret = secret;
    this.#limit = limit;
    this.#pool = new Pool(this.#target.origin, { connections: limit });
  }

  async run(posts: readonly BarePost[]): Promise<void> {
    await atOnce(posts, this.#limit, async ({ id, body }) => {
      const { statusCode, body: answer } = await this.#pool.request({
        method: 'POST',
        path: this.#target.pathname,
        headers: {
          ...signatureHeaders({ id, body, secrets: [this.#secret], atMs: Date.now() }),
          'content-type': 'application/json',
        },
        body,
      });
      await answer.dump();
      if (statusCode !== 204) throw new Error(`the receiver answered ${String(statusCode)}`);
    });
  }

  async end(): Promise<void> {
    await this.#pool.close();
  }
}
