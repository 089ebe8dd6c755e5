import { NotFoundError } from '../../shared/errors.ts';
import type { ContentStore, StoredContent } from './content-store.ts';

/**
 * The item of a reference.
 *
 * @throws NotFoundError when there is none
 */
export async function existingContent(store: ContentStore, ref: string): Promise<StoredContent> {
  const content = await store.get(ref);
  if (!content) throw noContent(ref);
  return content;
}

/** What a caller is told of a reference that there is nothing under. */
export function noContent(ref: string): NotFoundError {
  return new NotFoundError(`There is no content ${ref}.`);
}
