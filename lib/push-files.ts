import { cpSync, mkdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PushTarget } from '../lambdas/shared/define/push-target.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

/** Folder of rules with their templates and schemas, from the project's root. */
const rulesFolder = 'config/push-rules';

/** Name of the folder beside the bundle. */
export const pushFiles = 'push-files';

/**
 * Puts into the folder `push-files` what the worker reads: templates and schemas by their paths below
 * `config/push-rules/`, and files of authorities by their paths from the project's root.
 *
 * @param folder of the bundle
 */
export function addPushFiles(folder: string, targets: readonly PushTarget[]): void {
  const to = join(folder, pushFiles);
  cpSync(join(root, rulesFolder), to, {
    recursive: true,
    filter: (path) => extname(path) !== '.ts',
  });
  for (const { caFile } of targets) {
    if (caFile === undefined) continue;
    mkdirSync(dirname(join(to, caFile)), { recursive: true });
    cpSync(join(root, caFile), join(to, caFile));
  }
}
