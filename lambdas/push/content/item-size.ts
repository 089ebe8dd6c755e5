import { HttpError } from '../../shared/errors.ts';
import type { StoredContent } from './content-store.ts';

/**
 * Bytes of an item: DynamoDB takes 409,600, its stream as much for the item before and after. The rest is
 * room for what stands beside the fields: binaries, which arrive later and must not find it full.
 */
export const maxItemBytes = 380_000;

/**
 * @throws HttpError 413 when the item is too large to be stored. That is measured as it is stored, which
 * may be more than was sent: 1e20 is written out.
 */
export function refuseTooLarge({ binaries: _binaries, ...item }: StoredContent): void {
  const bytes = Buffer.byteLength(JSON.stringify(item));
  if (bytes <= maxItemBytes) return;
  throw new HttpError(
    413,
    `The item would take ${String(bytes)} bytes as it is stored; there is room for ${String(maxItemBytes)}.`,
  );
}
