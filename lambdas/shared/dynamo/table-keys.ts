/** Key of an item of any table. */
export interface ItemKey {
  pk: string;
  sk: string;
}

/** Attributes that a global secondary index is keyed by, and what it carries beside all keys. */
export interface IndexKeys {
  partitionKey: string;
  sortKey: string;
  /** `include`: these attributes beside the keys. */
  projection: 'keys' | 'all' | { readonly include: readonly string[] };
}

/** Changes of a table that its relay is called for; no others cost an invocation. */
export interface RelayedChanges {
  /** Beginnings of the keys. */
  pk: string;
  sk?: string;
  /** @default every kind */
  kinds?: readonly ('INSERT' | 'MODIFY' | 'REMOVE')[];
}
