import type { ContentType } from '../../shared/define/content-type.ts';
import { invalid } from '../../shared/errors.ts';
import { rfc3339, ulidTime } from '../../shared/identifier.ts';
import type { Clock, NewUlid } from '../../shared/identifier.ts';
import { binaryKey, placeOfKey } from './binary-key.ts';
import type { BinaryStore } from './binary-store.ts';
import type { ContentStore, StoredContent } from './content-store.ts';
import { existingContent } from './existing-content.ts';

/** Time in which an upload has to begin: a signature of a function’s lives no longer for certain. */
const uploadSeconds = 900;

export interface UploadParts {
  content: ContentStore;
  binaries: BinaryStore;
  newUlid: NewUlid;
  now: Clock;
}

/**
 * A URL for one file of an item, in place of the one that it has.
 *
 * @throws ValidationError when the type declares no such file; NotFoundError when there is no such item
 */
export async function uploadBinary(
  { content, binaries, newUlid, now }: UploadParts,
  { type, id, name }: { type: ContentType; id: string; name: string },
): Promise<{ uploadUrl: string; expiresAt: string }> {
  const { binaries: declared = [] } = type;
  if (!declared.includes(name)) {
    throw invalid('path.name', `is no binary of a ${type.type}; it has ${listed(declared)}`);
  }
  const item = await existingContent(content, `${type.type}:${id}`);
  const nowMs = now();
  const ulid = newUlid(Math.max(nowMs, earliestMs(item, name)));
  const key = binaryKey({ type: type.type, id, name, ulid });
  return {
    uploadUrl: await binaries.uploadUrl(key, uploadSeconds),
    expiresAt: rfc3339(nowMs + uploadSeconds * 1_000),
  };
}

/** An upload comes after its item and after the file that it replaces, also where clocks differ a little. */
function earliestMs({ ulid, binaries }: StoredContent, name: string): number {
  const present = binaries.find((binary) => binary.name === name);
  const place = present && placeOfKey(present.key);
  return Math.max(ulidTime(ulid), place ? ulidTime(place.ulid) + 1 : 0);
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ');
}
