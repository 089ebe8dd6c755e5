import type { ContentType } from '../../shared/define/content-type.ts';
import { rfc3339, ulidTime } from '../../shared/identifier.ts';
import { persist } from '../../shared/persist.ts';
import type { Pace } from '../../shared/persist.ts';
import { placeOfKey } from './binary-key.ts';
import type { BinaryPlace } from './binary-key.ts';
import type { BinaryStore } from './binary-store.ts';
import type { ContentStore, StoredContent } from './content-store.ts';

export interface ArrivalParts {
  content: ContentStore;
  binaries: BinaryStore;
  types: ReadonlyMap<string, ContentType>;
  pace: Pace;
}

/** What becomes of a file: its item has it, it is no longer there, or nobody wants it. */
type Fate = 'kept' | 'gone' | 'unwanted';

/**
 * Makes a file that was uploaded part of its item: its version rises. A file whose item is gone or has
 * those bytes already, which its type does not declare, or after which a later upload has
 * arrived, is removed. The same again changes nothing.
 */
export async function binaryArrived(parts: ArrivalParts, key: string): Promise<void> {
  const { binaries, types, pace } = parts;
  const place = placeOfKey(key);
  if (!place) return;
  const isDeclared = types.get(place.type)?.binaries?.includes(place.name) === true;
  const fate = isDeclared ? await persist(pace, async () => settle(parts, place, key)) : 'unwanted';
  if (fate === 'unwanted') await binaries.remove([key]);
}

/**
 * The file is measured after its item was read: of bytes that were replaced meanwhile, what was measured
 * first can't be written over what was measured last.
 *
 * @returns nothing when the item has changed meanwhile: look again
 */
async function settle(
  { content: store, binaries, pace }: ArrivalParts,
  place: BinaryPlace,
  key: string,
): Promise<Fate | undefined> {
  const item = await store.get(`${place.type}:${place.id}`);
  if (!item || isOfAnEarlierLife(place, item)) return 'unwanted';
  const present = item.binaries.find(({ name }) => name === place.name);
  const presentUlid = present && placeOfKey(present.key)?.ulid;
  if (presentUlid !== undefined && presentUlid > place.ulid) return 'unwanted';

  const facts = await binaries.measure(key);
  if (!facts) return 'gone';
  if (present?.sha256 === facts.sha256) return present.key === key ? 'kept' : 'unwanted';
  const arrived = { name: place.name, ...facts, key };
  const others = item.binaries.filter(({ name }) => name !== place.name);
  const stored = await store.put({
    ...item,
    version: item.version + 1,
    updatedAt: rfc3339(pace.now()),
    binaries: [...others, arrived].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  });
  return stored ? 'kept' : undefined;
}

/** An upload that was begun before the item was deleted and made again is not for the new one. */
function isOfAnEarlierLife({ ulid }: BinaryPlace, item: StoredContent): boolean {
  return ulidTime(ulid) < ulidTime(item.ulid);
}
