import type { BinaryStore } from '../content/binary-store.ts';
import type { SelectJob } from '../contract.ts';
import { selectContent } from './select-content.ts';
import type { SelectParts } from './select-content.ts';

/** Does what follows from a change of content. A retry is safe. */
export async function followChange(
  parts: SelectParts & { binaries: BinaryStore },
  job: SelectJob,
): Promise<void> {
  if (job.kind === 'select') await selectContent(parts, job);
  else await parts.binaries.remove(job.keys);
}
