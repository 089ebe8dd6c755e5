import type { Readable } from 'node:stream';

/** A file that goes into an archive. */
export interface ArchiveEntry {
  /** Relative, with `/` between levels. */
  path: string;
  size: number;
  open: () => Promise<Readable>;
}

/** Files of archives are readable by all and belong to root, whoever packs them. */
export const entryMode = 0o644;
