import { lookup } from 'node:dns/promises';
import type { AllowedTargets } from './allowed-targets.ts';
import { AttemptFailure, connectionFailure } from './attempt-failure.ts';
import { recordable } from './attempt-record.ts';
import { checkedConnect, type Dial, type Resolve } from './checked-connect.ts';
import { type Exchange, exchange } from './exchange.ts';
import { judgedTargets, type JudgedTarget } from './judged-targets.ts';
import type { Post, Posted, Poster } from './poster.ts';
import { ReceiverConnections } from './receiver-connections.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { signatureHeaders } from './signature.ts';

/** What a poster may post to, and how long. */
export interface PosterOptions {
  allowed: AllowedTargets;
  /** Milliseconds for a whole post: name, connection, TLS, headers and body. */
  timeoutMs: number;
  now: () => number;
  /** PEM: certificate authorities that are trusted beside the usual ones. */
  ca?: string | undefined;
  /** Is told of errors for which an attempt has no words: they may be faults of ours. */
  onUnexplained?: ((error: unknown) => void) | undefined;
  /** @default the system's resolver */
  resolve?: Resolve | undefined;
  /** @default TCP */
  dial?: Dial | undefined;
}

/** A poster that keeps connections open between posts. Redirects are not followed. */
export class UndiciPoster implements Poster {
  readonly #options: PosterOptions;
  readonly #connections: ReceiverConnections;
  readonly #judged: (target: string) => JudgedTarget;

  constructor(options: PosterOptions) {
    this.#options = options;
    this.#judged = judgedTargets(options.allowed);
    const resolve = options.resolve ?? ((host: string) => lookup(host, { all: true }));
    this.#connections = new ReceiverConnections(
      checkedConnect({ allowed: options.allowed, resolve, dial: options.dial, ca: options.ca }),
      options.now,
    );
  }

  async post(post: Post): Promise<Posted> {
    const at = this.#options.now();
    const { answer, failure } = await this.#answerTo(post, at);
    if (failure?.cause !== undefined) this.#options.onUnexplained?.(failure.cause);
    const error =
      failure ?? (answer && isSuccess(answer.status) ? undefined : statusFailure(answer?.status));
    return {
      attempt: recordable({
        at,
        durationMs: Math.max(0, this.#options.now() - at),
        ...(answer && {
          status: answer.status,
          responseHeaders: answer.headers,
          responseBody: answer.body.toString(),
        }),
        ...(error && { error: { kind: error.kind, message: error.message } }),
      }),
      ...(answer && { retryAfterSeconds: retryAfterSeconds(answer, this.#options.now()) }),
    };
  }

  async #answerTo(post: Post, atMs: number): Promise<Pick<Exchange, 'answer' | 'failure'>> {
    const judged = this.#judged(post.target);
    if ('mistake' in judged) return { failure: new AttemptFailure('blocked', judged.mistake) };
    const { url, path } = judged;
    const request = {
      path,
      headers: {
        ...signatureHeaders({ ...post, atMs }),
        'content-type': 'application/json',
        // What is read is kept as it comes, never unpacked: a few bytes could become gigabytes.
        'accept-encoding': 'identity',
        'user-agent': 'Sequitur-Webhooks',
      },
      body: post.body,
    };
    const { timeoutMs } = this.#options;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(timeout(timeoutMs)), timeoutMs);
    try {
      const first = await this.#exchangeBy(url, request, deadline.signal, false);
      // It died while it was idle. Anything else is a try: what left may have been worked on.
      if (!first.untold || deadline.signal.aborted) return first;
      return await this.#exchangeBy(url, request, deadline.signal, true);
    } catch (error) {
      return { failure: connectionFailure(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  async #exchangeBy(
    url: URL,
    request: { path: string; headers: Record<string, string>; body: string },
    signal: AbortSignal,
    fresh: boolean,
  ): Promise<Exchange> {
    const connection = await this.#connections.take(url, signal, fresh);
    const result = await exchange(connection, request, signal);
    if (result.reusable) connection.release();
    else connection.destroy();
    return result;
  }
}

function isSuccess(status: number): boolean {
  return status >= 200 && status <= 299;
}

function statusFailure(status = 0): AttemptFailure {
  const redirect = status >= 300 && status <= 399 ? ': redirects are not followed' : '';
  return new AttemptFailure('status', `answered ${status}${redirect}`);
}

function timeout(timeoutMs: number): AttemptFailure {
  return new AttemptFailure('timeout', `no complete answer within ${timeoutMs / 1_000} s`);
}
