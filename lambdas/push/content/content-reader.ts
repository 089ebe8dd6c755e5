import type { Content } from '../../shared/define/content-type.ts';
import type { ContentReader } from '../../shared/define/push-rule.ts';
import type { ContentStore, StoredContent } from './content-store.ts';

/** Items of one read. A rule that looks for a few may stop before the next. */
const pageSize = 100;

/** Content as rules read it: without where it is stored. Each read gives objects of its own. */
export function contentReader(store: ContentStore): ContentReader {
  return {
    get: async (ref) => {
      const stored = await store.get(ref);
      return stored && asContent(stored);
    },
    ofType: (type) => itemsOf(store, type),
  };
}

async function* itemsOf(store: ContentStore, type: string): AsyncGenerator<Content> {
  let after: string | undefined;
  do {
    const page = await store.list(type, { after, limit: pageSize, order: 'asc' });
    for (const item of page.items) yield asContent(item);
    after = page.after;
  } while (after !== undefined);
}

/** An item as rules see it, and theirs to change: no other rule has the same object. */
export function asContent({ ulid: _ulid, binaries, ...content }: StoredContent): Content {
  return structuredClone({
    ...content,
    binaries: binaries.map(({ name, size, sha256 }) => ({ name, size, sha256 })),
  });
}
