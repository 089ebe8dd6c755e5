import type { Content } from '../../shared/define/content-type.ts';
import type { StoredContent } from './content-store.ts';

/** An item as the API answers it. */
export function contentAnswer({
  type,
  id,
  version,
  fields,
  related,
  binaries,
  createdAt,
  updatedAt,
}: StoredContent): Omit<Content, 'ref'> {
  return {
    type,
    id,
    version,
    fields,
    related,
    binaries: binaries.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
    createdAt,
    updatedAt,
  };
}
