import { readFileSync } from 'node:fs';

/**
 * Certificate authorities that are trusted beside the usual ones, as PEM: the file that the construct
 * put beside the bundle.
 *
 * @param file its name; empty: there are none
 * @param folder where the bundle is
 */
export function trustedCa(
  file: string,
  folder: string | URL = import.meta.url,
): string | undefined {
  return file === '' ? undefined : readFileSync(new URL(file, folder), 'utf8');
}
