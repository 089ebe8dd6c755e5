import type { ContentType } from '../../shared/define/content-type.ts';
import { rfc3339 } from '../../shared/identifier.ts';
import type { NewUlid } from '../../shared/identifier.ts';
import { persist } from '../../shared/persist.ts';
import type { Pace } from '../../shared/persist.ts';
import { acceptedFields } from './accepted-fields.ts';
import type { ContentStore, StoredContent } from './content-store.ts';
import { changedNames, sameJson } from './field-changes.ts';
import { refuseTooLarge } from './item-size.ts';

export interface PutContentParts {
  content: ContentStore;
  newUlid: NewUlid;
  pace: Pace;
}

/** An item as a client puts it. */
export interface GivenContent {
  type: ContentType;
  id: string;
  fields: Readonly<Record<string, unknown>>;
  related: readonly string[];
}

/** What became of a put: `changed` is empty when the item was so already. */
export interface PutOutcome {
  content: StoredContent;
  created: boolean;
  changed: string[];
}

/**
 * Puts an item in place of what it was; its binaries stay. Unchanged, nothing is written. A retry is safe.
 *
 * @throws ValidationError, HttpError 413
 */
export async function putContent(
  { content: store, newUlid, pace }: PutContentParts,
  { type, id, fields, related }: GivenContent,
): Promise<PutOutcome> {
  const ref = `${type.type}:${id}`;
  const accepted = { fields: acceptedFields(type, fields), related };
  let sent: PutOutcome | undefined;
  return persist(pace, async () => {
    const before = await store.get(ref);
    // It was stored, and only the answer was lost.
    if (sent && sameJson(before, sent.content)) return sent;
    const wanted = { ...accepted, binaries: before?.binaries ?? [] };
    const changed = changedNames(before, wanted);
    if (before && changed.length === 0) return { content: before, created: false, changed };

    const nowMs = pace.now();
    const content: StoredContent = {
      ref,
      type: type.type,
      id,
      ...wanted,
      version: (before?.version ?? 0) + 1,
      ulid: before?.ulid ?? newUlid(nowMs),
      createdAt: before?.createdAt ?? rfc3339(nowMs),
      updatedAt: rfc3339(nowMs),
    };
    refuseTooLarge(content);
    sent = { content, created: before === undefined, changed };
    return (await store.put(content)) ? sent : undefined;
  });
}
