import { connectionFailure, isLost, type AttemptFailure } from './attempt-failure.ts';
import type { ReceiverConnection } from './receiver-connections.ts';

/** What came back of a request, whole or not. */
export interface Exchange {
  /** Absent: no answer came. */
  answer?: { status: number; headers: Record<string, string>; body: Buffer } | undefined;
  /** Absent: the answer came in full, or as much of it as is read. */
  failure?: AttemptFailure | undefined;
  /** The connection had ended before a byte of the request left: the receiver knows nothing of it. */
  untold: boolean;
  /** The connection is good for another request. */
  reusable: boolean;
}

/** Bytes of an answer's body that are read; then its status decides. */
const maxBodyBytes = 64 * 1_024;

/**
 * Posts a body and reads the answer. Never rejects. When the result says so (`reusable`), or on an
 * abort, its caller must destroy the connection.
 *
 * @param signal its reason is an `AttemptFailure`
 */
export function exchange(
  { client, bytesWritten }: Pick<ReceiverConnection, 'client' | 'bytesWritten'>,
  request: { path: string; headers: Record<string, string>; body: string },
  signal: AbortSignal,
): Promise<Exchange> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const writtenBefore = bytesWritten();
    let bytes = 0;
    let head: { status: number; headers: Record<string, string> } | undefined;

    const settle = (end: { error?: unknown; reusable?: boolean }) => {
      signal.removeEventListener('abort', onAbort);
      const failed = end.error !== undefined;
      resolve({
        answer: head && { ...head, body: Buffer.concat(chunks).subarray(0, maxBodyBytes) },
        failure: failed ? connectionFailure(end.error) : undefined,
        untold: failed && isLost(end.error) && bytesWritten() === writtenBefore,
        reusable: end.reusable ?? false,
      });
    };
    const onAbort = () => settle({ error: signal.reason });
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) {
      onAbort();
      return;
    }

    client.dispatch(
      { method: 'POST', ...request },
      {
        // undici takes a handler without it for one of its older kind.
        onRequestStart() {},
        onResponseStart(_controller, status, headers) {
          // Those below 200 announce another one.
          if (status >= 200) head = { status, headers: plain(headers) };
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes >= maxBodyBytes) settle({});
        },
        onResponseEnd() {
          settle({ reusable: true });
        },
        onResponseError(_controller, error) {
          settle({ error });
        },
      },
    );
  });
}

/** Names in lower case, as undici gives them; what came several times in one value (RFC 9110, 5.3). */
function plain(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
