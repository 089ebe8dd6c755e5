import type { OutgoingFile } from '../../shared/define/push-sender.ts';
import { PermanentError } from '../../shared/errors.ts';

/** Where a file goes on a server. */
export interface RemotePlace {
  /** Folders above the file, the topmost first: each with those before it. */
  folders: readonly string[];
  final: string;
  /** In the same folder, so that a rename never copies. */
  temporary: string;
  /** Temporary files that earlier tries may have left. */
  stale: readonly string[];
}

/**
 * Where a file belongs below the path of a target's URL. `/in` is the folder `in` of the login folder,
 * `//in` is that of the root.
 *
 * @throws PermanentError when the path leaves its folder
 */
export function remotePlace(
  url: URL,
  file: Pick<OutgoingFile, 'path' | 'mark' | 'earlierMarks'>,
): RemotePlace {
  const root = url.pathname.startsWith('//') ? '/' : '';
  const base = urlSegments(url);
  const segments = [...base, ...fileSegments(file.path)];
  const name = segments.pop() ?? '';
  const folders = segments.map((_, index) => root + segments.slice(0, index + 1).join('/'));
  const folder = folders.at(-1);
  const below = (each: string) => (folder === undefined ? `${root}${each}` : `${folder}/${each}`);
  const temporary = (mark: string) => below(`.${name}.${mark}.part`);
  return {
    folders,
    final: below(name),
    temporary: temporary(file.mark),
    stale: file.earlierMarks.map(temporary),
  };
}

/**
 * The levels of a URL's path, decoded.
 *
 * @throws PermanentError
 */
export function urlSegments(url: URL): string[] {
  try {
    return url.pathname
      .split('/')
      .filter((each) => each !== '')
      .map((each) => decodeURIComponent(each));
  } catch (error) {
    throw new PermanentError(`the path of ${url.href} is wrongly encoded`, { cause: error });
  }
}

/** @throws PermanentError */
export function fileSegments(path: string): string[] {
  const segments = path.split('/');
  const wrong = segments.some((each) => each === '' || each === '.' || each === '..');
  // oxlint-disable-next-line no-control-regex -- they would end a command of FTP
  if (wrong || /[\u0000-\u001f\u007f]/.test(path)) {
    throw new PermanentError(`${JSON.stringify(path)} is no path below the target's folder`);
  }
  return segments;
}
