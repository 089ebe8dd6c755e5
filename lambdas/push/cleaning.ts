/** A part of a cleaning. */
export interface Cleaned<Item> {
  /** What is to go, or has gone. */
  candidates: Item[];
  /** How many of them are gone by this call; 0 on a dry run. */
  deleted: number;
  /** Where the next call goes on, when there may be more. */
  after: string | undefined;
}

/** How a cleaning is asked for. */
export interface Cleaning {
  /** Only says what would go. */
  dryRun: boolean;
  /** Of the call before. */
  after: string | undefined;
  /** How many are looked at, at most. */
  limit: number;
}
