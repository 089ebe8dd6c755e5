/** Attributes that a global secondary index is keyed by, and what it carries beside all keys. */
export interface IndexKeys {
  partitionKey: string;
  sortKey: string;
  projection: 'keys' | 'all';
}
