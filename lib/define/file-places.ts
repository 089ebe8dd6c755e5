import { isAbsolute, relative, resolve } from 'node:path';

/** Whether a path is relative, and leads to something below a folder. */
export function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, resolve(folder, path));
  return !isAbsolute(path) && way !== '' && !way.startsWith('..');
}
