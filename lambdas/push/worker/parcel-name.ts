import type { Content } from '../../shared/define/content-type.ts';
import type { PushRule } from '../../shared/define/push-rule.ts';
import type { ExportedFile } from '../export/outbox.ts';

/**
 * What the done marker of a push is named after: the archive without its ending; otherwise the content
 * of a row, or the rule of a mass run.
 */
export function parcelName(
  { name, pack }: PushRule,
  files: readonly ExportedFile[],
  content?: Content,
): string {
  const archive = pack === undefined || pack.kind === 'flat' ? undefined : files[0]?.path;
  if (archive !== undefined) return archive.replace(/(\.tar)?\.[^./]+$/, '');
  return content === undefined ? name : `${content.type}_${content.id}`;
}
