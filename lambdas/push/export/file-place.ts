import { ExportError } from './attempt.ts';

/** File systems take names of 255 bytes, and a temporary name is some 40 longer than the final one. */
const maxNameBytes = 200;

/** Keys of S3 have at most 1,024 bytes, and a path is the end of one. */
const maxPathBytes = 800;

/** Control characters and backslashes mean something to servers, and to those who unpack archives. */
// oxlint-disable-next-line no-control-regex
const unfit = /[\u0000-\u001F\u007F-\u009F\\]/;

/** @throws ExportError OUTPUT_MAKER_ERROR when a file may not be called so */
export function fileName(name: unknown): string {
  const problem = typeof name === 'string' ? levelProblem(name) : 'is not a text';
  if (problem === undefined && typeof name === 'string') return name;
  throw new ExportError(
    'OUTPUT_MAKER_ERROR',
    `the name ${JSON.stringify(name)} ${String(problem)}`,
  );
}

/**
 * A folder below the target's own, and a file in it; an empty folder is the target's own.
 *
 * @throws ExportError GET_DIRECTORY_ERROR when it is none
 */
export function filePath(directory: unknown, name: string): string {
  if (typeof directory !== 'string') throw noDirectory(directory, 'is not a text');
  if (directory === '') return name;
  if (directory.startsWith('/')) throw noDirectory(directory, 'is absolute');
  for (const level of directory.split('/')) {
    const problem = levelProblem(level);
    if (problem !== undefined) throw noDirectory(directory, `has a level that ${problem}`);
  }
  const path = `${directory}/${name}`;
  if (Buffer.byteLength(path) <= maxPathBytes) return path;
  throw noDirectory(directory, `makes a path of more than ${String(maxPathBytes)} bytes`);
}

function levelProblem(level: string): string | undefined {
  if (level === '') return 'is empty';
  if (level === '.' || level === '..') return `is '${level}'`;
  if (level.includes('/')) return "has a '/'";
  if (unfit.test(level)) return 'has a backslash or a control character';
  if (!level.isWellFormed()) return 'has half a character';
  if (Buffer.byteLength(level) > maxNameBytes) {
    return `has more than ${String(maxNameBytes)} bytes`;
  }
  return undefined;
}

function noDirectory(directory: unknown, problem: string): ExportError {
  return new ExportError(
    'GET_DIRECTORY_ERROR',
    `the directory ${JSON.stringify(directory)} ${problem}`,
  );
}
