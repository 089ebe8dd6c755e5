import type { PushRule } from '../../shared/define/push-rule.ts';
import { ExportError } from './attempt.ts';
import { type FileChecks, refuseUnlessCheckable } from './file-checks.ts';
import type { ExportedFile, Outbox } from './outbox.ts';
import type { PlannedOutput } from './planned-output.ts';

export interface StoringParts {
  outbox: Outbox;
  checks: FileChecks;
}

/**
 * Checks a file and brings it to the outbox. A binary is there before it is checked: it is not to be sent
 * when this throws.
 *
 * @throws ExportError when it is not fit to be sent, or its bytes are gone
 */
export async function storedOutput(
  output: PlannedOutput,
  { rule, folder, signal }: { rule: PushRule; folder: string; signal: AbortSignal },
  { outbox, checks }: StoringParts,
): Promise<ExportedFile> {
  const { path, source, validators, content } = output;
  const key = `${folder}files/${path}`;
  const check = (bytes: Uint8Array) =>
    checks.check(validators, { path, bytes, content }, rule.name, signal);

  if (source.kind === 'bytes') {
    if (validators.length > 0) await check(source.bytes);
    await outbox.put(key, source.bytes);
    return { path, key, size: source.bytes.length };
  }
  if (validators.length > 0) refuseUnlessCheckable(path, source.binary.size);
  const size = await outbox.copy(source.binary.key, key);
  if (size === undefined) {
    throw new ExportError(
      'OUTPUT_GENERATION_ERROR',
      `the bytes of the binary '${source.binary.name}' for '${path}' are gone`,
    );
  }
  if (validators.length > 0) await check(await bytesOf(key, path, outbox));
  return { path, key, size };
}

/** Reads a file, but no more of it than can be checked. */
async function bytesOf(key: string, path: string, outbox: Outbox): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const file: AsyncIterable<Uint8Array> = await outbox.open(key);
  for await (const chunk of file) {
    size += chunk.length;
    refuseUnlessCheckable(path, size);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
