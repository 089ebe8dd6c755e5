import { readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import type { XmlPlace } from './libxml2.ts';

/** The files of rules (templates, DTDs, schemas), in a folder for each. */
export interface RuleFiles {
  /** @throws Error that says which file is not there */
  read: (file: string) => Uint8Array;
  /** Of a file; it may refer to files of the same rule. */
  placeOf: (file: string) => XmlPlace;
}

/** @param folder with a folder of each rule's files: `config/push-rules`, or its copy beside a bundle */
export function ruleFiles(folder: string): RuleFiles {
  return {
    read(file) {
      const bytes = isInside(file) ? bytesOf(join(folder, file)) : undefined;
      if (bytes === undefined)
        throw new Error(`there is no file '${file}' among those of the rules`);
      return bytes;
    },
    placeOf(file) {
      const [rule = ''] = file.split('/');
      return {
        url: file,
        read(url) {
          // libxml2 leaves what a DTD refers to as it is written there.
          const found = url.startsWith(`${rule}/`) ? url : posix.join(posix.dirname(file), url);
          const isTheRules = isInside(url) && found.startsWith(`${rule}/`);
          return isTheRules ? bytesOf(join(folder, found)) : undefined;
        },
      };
    },
  };
}

/** No way leads out of the folder, and none by a scheme such as `file:`. */
function isInside(file: string): boolean {
  return !/^\/|\\|:|\0/.test(file) && !file.split('/').includes('..');
}

function bytesOf(path: string): Uint8Array | undefined {
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  return isFile ? readFileSync(path) : undefined;
}
