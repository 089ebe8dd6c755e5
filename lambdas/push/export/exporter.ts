import type { Content } from '../../shared/define/content-type.ts';
import type { PushRule } from '../../shared/define/push-rule.ts';
import type { FailedStatus } from '../queue/status.ts';
import type { ExportedFile } from './outbox.ts';

/** What is to be made into files. */
export interface ExportWork {
  rule: PushRule;
  /** One item of a row, or all of a mass run. What they throw is thrown on. */
  items: AsyncIterable<Content> | Iterable<Content>;
  /** Where in the outbox, with `/` at its end. */
  folder: string;
  signal: AbortSignal;
  /** Told after each item how many there were so far. */
  progressed?: (items: number) => Promise<void>;
}

/** A file that was not made, or is not to be sent, and why. */
export interface ExportProblem {
  status: FailedStatus;
  message: string;
}

export interface Exported {
  /** How many items there were. */
  items: number;
  /** To be sent, in this order: each by itself, or the one archive. None when nothing is fit to be sent. */
  files: readonly ExportedFile[];
  problems: readonly ExportProblem[];
}

/**
 * Makes the files of content, and of what is related to it, as the rule says; checks and packs them.
 * Each file's problem leaves the others alone.
 */
export interface Exporter {
  /** @throws TransientError, or what `items` throw; a retry makes all files anew */
  export(work: ExportWork): Promise<Exported>;
}
