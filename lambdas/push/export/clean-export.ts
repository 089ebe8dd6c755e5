import type { Clock } from '../../shared/identifier.ts';
import type { Cleaned, Cleaning } from '../cleaning.ts';
import type { PushSettings } from '../settings.ts';
import type { OldExport, Outbox } from './outbox.ts';

export interface CleanExportParts {
  outbox: Pick<Outbox, 'list' | 'remove'>;
  settings: Pick<PushSettings, 'maxAgeSeconds'>;
  now: Clock;
}

/**
 * Deletes files that were exported at or before `maxAgeSeconds` ago: a part of them, in the order of
 * their keys.
 */
export async function cleanExport(
  { outbox, settings, now }: CleanExportParts,
  { dryRun, after, limit }: Cleaning,
): Promise<Cleaned<OldExport>> {
  const untilMs = now() - settings.maxAgeSeconds * 1_000;
  const page = await outbox.list({ after, limit });
  const candidates = page.files.filter(({ modifiedMs }) => modifiedMs <= untilMs);
  if (!dryRun && candidates.length > 0) await outbox.remove(candidates.map(({ key }) => key));
  return { candidates, deleted: dryRun ? 0 : candidates.length, after: page.after };
}
