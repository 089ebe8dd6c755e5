import { ExportError } from './attempt.ts';

/** Which paths of an export are taken, and by what. */
export interface ClaimedPaths {
  /**
   * @param fingerprint of the file's bytes
   * @returns false when the same file is there already
   * @throws ExportError OUTPUT_MAKER_ERROR when another file has the path, or a path that excludes it
   */
  claim: (path: string, fingerprint: string) => boolean;
}

export function claimedPaths(): ClaimedPaths {
  const files = new Map<string, string>();
  const folders = new Set<string>();
  return {
    claim(path, fingerprint) {
      const claimed = files.get(path);
      if (claimed === fingerprint) return false;
      if (claimed !== undefined) throw taken(path, 'is the path of another file already');
      if (folders.has(path)) throw taken(path, 'is the folder of another file');
      const above = foldersOf(path);
      const file = above.find((folder) => files.has(folder));
      if (file !== undefined) throw taken(path, `is below '${file}', which is a file`);
      files.set(path, fingerprint);
      for (const folder of above) folders.add(folder);
      return true;
    },
  };
}

function foldersOf(path: string): string[] {
  const levels = path.split('/');
  return levels.slice(1).map((_, index) => levels.slice(0, index + 1).join('/'));
}

function taken(path: string, problem: string): ExportError {
  return new ExportError('OUTPUT_MAKER_ERROR', `'${path}' ${problem}`);
}
