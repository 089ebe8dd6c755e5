import { exitCodes, Failure, usageFailure } from './failure.ts';
import type { Surroundings } from './surroundings.ts';

/** Where the API is and how to be let in. */
export interface Connection {
  /** Without `/v1` and without a slash at its end. */
  readonly url: string;
  /** Asked before each request, so that a long wait never outlives its token. */
  readonly token: () => Promise<string>;
}

/**
 * `SEQUITUR_URL` and `SEQUITUR_TOKEN`, or the running local stack when neither is set. One without
 * the other is a mistake: a token must not go to an address that nobody named.
 */
export async function findConnection(
  surroundings: Pick<Surroundings, 'environment' | 'localConnection'>,
): Promise<Connection> {
  const url = surroundings.environment['SEQUITUR_URL']?.trim() ?? '';
  const token = surroundings.environment['SEQUITUR_TOKEN']?.trim() ?? '';
  if (url === '' && token === '') return requireLocal(surroundings);
  if (token === '') {
    throw usageFailure(
      'SEQUITUR_URL is set but SEQUITUR_TOKEN is not. Set SEQUITUR_TOKEN to a token for that ' +
        'installation, or unset SEQUITUR_URL to use the local stack.',
    );
  }
  if (url === '') {
    throw usageFailure(
      'SEQUITUR_TOKEN is set but SEQUITUR_URL is not. Set SEQUITUR_URL to the address of the API, ' +
        'or unset SEQUITUR_TOKEN to use the local stack.',
    );
  }
  // Anything else cannot be sent in a header; no token has it, a wrongly pasted one may.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw usageFailure('SEQUITUR_TOKEN holds spaces or characters that no token has.');
  }
  return { url: baseUrl(url), token: () => Promise.resolve(token) };
}

async function requireLocal(surroundings: Pick<Surroundings, 'localConnection'>) {
  const local = await surroundings.localConnection();
  if (local !== undefined) return local;
  throw new Failure(
    exitCodes.unreachable,
    'No local stack is running. Start one with "npm start", or set SEQUITUR_URL and ' +
      'SEQUITUR_TOKEN to reach another installation.',
  );
}

function baseUrl(text: string): string {
  const url = URL.parse(text);
  const wrong =
    url === null ||
    !['http:', 'https:'].includes(url.protocol) ||
    url.username !== '' ||
    url.search !== '' ||
    url.hash !== '';
  if (wrong) {
    throw usageFailure(
      'SEQUITUR_URL must be the address of the API, like https://api.example.com (http or https, ' +
        'no user, no query).',
    );
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
