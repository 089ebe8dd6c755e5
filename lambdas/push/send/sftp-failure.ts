/** Status codes of SFTP version 3, and what later servers send all the same. */
const meanings: ReadonlyMap<number, string> = new Map([
  [2, 'no such file or folder'],
  [3, 'permission denied'],
  [4, 'the server could not do it'],
  [5, 'the server did not understand the request'],
  [6, 'the server has no connection'],
  [7, 'the connection was lost'],
  [8, 'the server does not support it'],
  [14, 'no space left'],
  [15, 'the quota is used up'],
]);

/** A refusal of an SFTP server in plain words, with what it says itself; other errors as they are. */
export function sftpFailure(error: unknown): unknown {
  const code = statusOf(error);
  const meaning = code === undefined ? undefined : meanings.get(code);
  if (meaning === undefined || !(error instanceof Error)) return error;
  const own = error.message.trim();
  const adds = own !== '' && own.toLowerCase() !== meaning && !/^failure$/i.test(own);
  return new Error(adds ? `${meaning}: ${own}` : meaning, { cause: error });
}

/** There is no such file or folder. */
export function isMissing(error: unknown): boolean {
  return statusOf(error) === 2;
}

/** Nothing more than a failure, or what later versions say of a name that is taken. */
export function mayBeInItsWay(error: unknown): boolean {
  const status = statusOf(error);
  return status === 4 || status === 11;
}

function statusOf(error: unknown): number | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'number'
    ? error.code
    : undefined;
}
