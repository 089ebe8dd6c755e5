import { isDeepStrictEqual } from 'node:util';
import type { ContentStore, StoredContent } from '../../../lambdas/push/content/content-store.ts';
import type { Page } from '../../../lambdas/push/page.ts';
import { jsonCopy } from './json-copy.ts';
import { pageOf } from './page-of.ts';

/** Content by the rules of its table. */
export class InMemoryContentStore implements ContentStore {
  readonly #items = new Map<string, StoredContent>();

  get(ref: string): Promise<StoredContent | undefined> {
    const stored = this.#items.get(ref);
    return Promise.resolve(stored && jsonCopy(stored));
  }

  put(content: StoredContent): Promise<boolean> {
    const stored = this.#items.get(content.ref);
    // A repeat after a lost answer.
    if (isDeepStrictEqual(stored, jsonCopy(content))) return Promise.resolve(true);
    const follows =
      content.version === 1
        ? stored === undefined
        : stored?.version === content.version - 1 && stored.ulid === content.ulid;
    if (follows) this.#items.set(content.ref, jsonCopy(content));
    return Promise.resolve(follows);
  }

  remove({ ref, version, ulid }: StoredContent): Promise<boolean> {
    const stored = this.#items.get(ref);
    const isAsRead = stored?.version === version && stored.ulid === ulid;
    if (isAsRead) this.#items.delete(ref);
    return Promise.resolve(isAsRead);
  }

  list(
    type: string,
    page: { after: string | undefined; limit: number; order: 'asc' | 'desc' },
  ): Promise<Page<StoredContent>> {
    const ofType = [...this.#items.values()].filter((item) => item.type === type);
    return Promise.resolve(pageOf(ofType, page));
  }
}
