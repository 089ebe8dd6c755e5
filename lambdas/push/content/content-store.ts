import type { Content } from '../../shared/define/content-type.ts';
import type { Page } from '../page.ts';

/** A binary with where its bytes are. */
export interface StoredBinary {
  name: string;
  size: number;
  sha256: string;
  /** Of the object with its bytes; each arrival has its own. */
  key: string;
}

/** An item as it is stored: as rules see it, and where its files are. */
export interface StoredContent extends Content {
  /** Of its making: lists are in this order. */
  ulid: string;
  binaries: readonly StoredBinary[];
}

export interface ContentStore {
  /** As it is now, by a consistent read. */
  get(ref: string): Promise<StoredContent | undefined>;
  /**
   * Stores an item that is not there yet (version 1), or follows on the version before.
   *
   * @returns false when another version is there: read again
   * @throws TransientError when the answer was lost: it may have been stored
   */
  put(content: StoredContent): Promise<boolean>;
  /** Removes this version. @returns false when another version is there, or none */
  remove(content: StoredContent): Promise<boolean>;
  /** Items of a type, in the order of their making. Of large items a page may be shorter than its limit. */
  list(
    type: string,
    page: { after: string | undefined; limit: number; order: 'asc' | 'desc' },
  ): Promise<Page<StoredContent>>;
}
