import { parseArgs } from 'node:util';
import { retiredKeySeconds } from './key-ring.ts';
import { StartError } from './start-error.ts';

const usage = 'Usage: npm run -s token -- <sub> [--admin] [--ttl <seconds>]';

export interface TokenArguments {
  readonly sub: string;
  readonly admin: boolean;
  readonly ttlSeconds?: number;
}

/** Reads the arguments of `npm run -s token`; throws a `StartError` with the usage. */
export function parseTokenArguments(args: readonly string[]): TokenArguments {
  const { values, positionals } = parse(args);
  const [sub, ...more] = positionals;
  if (sub === undefined || sub === '')
    throw new StartError('Whose token? A sub is missing.', usage);
  if (more.length > 0)
    throw new StartError(`One sub at a time, not also ${more.join(' ')}.`, usage);
  const { ttl, admin = false } = values;
  return { sub, admin, ...(ttl === undefined ? {} : { ttlSeconds: parseTtl(ttl) }) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { admin: { type: 'boolean' }, ttl: { type: 'string' } },
    });
  } catch (error) {
    throw new StartError(error instanceof Error ? error.message : 'Bad arguments.', usage);
  }
}

function parseTtl(text: string): number {
  const seconds = Number(text);
  // Beyond a day the key that signed the token might be gone from the key set.
  if (!/^[0-9]+$/u.test(text) || seconds < 1 || seconds > retiredKeySeconds) {
    throw new StartError(
      `--ttl takes whole seconds from 1 to ${String(retiredKeySeconds)}, not ${text}.`,
      usage,
    );
  }
  return seconds;
}
