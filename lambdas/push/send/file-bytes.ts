import type { Readable } from 'node:stream';
import type { OutgoingFile } from '../../shared/define/push-sender.ts';
import { abortion, type Limits } from './silence.ts';

/**
 * The bytes of a file, exactly as many as it has: a source with fewer or more is an error, and so is one
 * that falls silent or a signal. Reads no further than it is asked to.
 */
export async function* fileBytes(
  file: OutgoingFile,
  { timeoutMs, signal }: Limits,
): AsyncGenerator<Buffer, void, undefined> {
  signal.throwIfAborted();
  const source = await file.open();
  const abort = () => source.destroy(abortion(signal));
  signal.addEventListener('abort', abort);
  try {
    let count = 0;
    for await (const chunk of patiently(source, timeoutMs)) {
      count += chunk.length;
      if (count > file.size) break;
      yield chunk;
    }
    if (count !== file.size) {
      throw new Error(
        `the exported file has ${count > file.size ? 'more' : String(count)} bytes, not ${String(file.size)}`,
      );
    }
  } finally {
    signal.removeEventListener('abort', abort);
    source.destroy();
  }
}

async function* patiently(source: Readable, timeoutMs: number): AsyncGenerator<Buffer> {
  const silent = () =>
    source.destroy(
      new Error(`no bytes of the exported file came for ${String(timeoutMs / 1_000)} s`),
    );
  let timer = setTimeout(silent, timeoutMs);
  try {
    for await (const chunk of source) {
      clearTimeout(timer);
      yield bytesOf(chunk);
      timer = setTimeout(silent, timeoutMs);
    }
  } finally {
    clearTimeout(timer);
  }
}

function bytesOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  if (chunk instanceof Uint8Array)
    return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (typeof chunk === 'string') return Buffer.from(chunk);
  throw new TypeError('the exported file does not consist of bytes');
}
