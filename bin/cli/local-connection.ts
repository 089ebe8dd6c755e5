import { localPaths } from '../../scripts/local/paths.ts';
import { readStackFile } from '../../scripts/local/stack-file.ts';
import { mintToken } from '../../scripts/local/token.ts';
import type { Connection } from './connection.ts';
import { exitCodes, Failure } from './failure.ts';

/** Whoever runs the local stack may do everything in it. */
const operator = { sub: 'operator', admin: true };

/** The local stack that runs from this clone, wherever the command was called. */
export async function localConnection(): Promise<Connection | undefined> {
  const paths = localPaths();
  const stack = await readStackFile(paths.stackFile).catch(unusable);
  if (stack === undefined) return undefined;
  return {
    url: stack.apiUrl.replace(/\/+$/, ''),
    token: () => mintToken(operator, paths).catch(unusable),
  };
}

/** A damaged file, or a stack that ended a moment ago. */
function unusable(error: unknown): never {
  const cause = error instanceof Error ? error.message : String(error);
  throw new Failure(
    exitCodes.unreachable,
    `The local stack cannot be used: ${cause}\nStart it again with "npm start".`,
  );
}
