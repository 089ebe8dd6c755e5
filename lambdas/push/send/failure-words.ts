import { PermanentError } from '../../shared/errors.ts';
import { isError } from './is-error.ts';

/** Failures of connections as Node names them, in plain words. */
const words: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'the connection was reset'],
  ['ECONNABORTED', 'the connection was broken off'],
  ['EPIPE', 'the connection was closed'],
  ['ETIMEDOUT', 'the connection timed out'],
  ['EHOSTUNREACH', 'the host is out of reach'],
  ['ENETUNREACH', 'the network is out of reach'],
  ['ENOTFOUND', 'no such host'],
  ['EAI_AGAIN', 'the name of the host could not be looked up'],
  ['UND_ERR_SOCKET', 'the connection was closed'],
  ['UND_ERR_CONNECT_TIMEOUT', 'no connection in time'],
]);

/** Certificates that no retry makes better. */
const distrust: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'it has expired'],
  ['CERT_NOT_YET_VALID', 'it is not valid yet'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'it is signed by itself'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'it is for another host'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its authority is unknown'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'its authority is unknown'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'its authority is unknown'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'its authority is unknown'],
]);

/** `files.example.org:2222`, without a port when it is the scheme's own. */
export function hostOf(url: URL): string {
  return url.host;
}

/** Host name as sockets want it: an IPv6 address without brackets. */
export function socketHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** What went wrong with a server, in plain words and with its name; a `PermanentError` stays one. */
export function inWords(url: URL, error: unknown): Error {
  if (error instanceof PermanentError || error instanceof ToldError) return error;
  const code = codeOf(error);
  const untrusted = distrust.get(code);
  if (untrusted !== undefined) {
    return new PermanentError(`${hostOf(url)}: its certificate is not trusted: ${untrusted}`, {
      cause: error,
    });
  }
  return new ToldError(`${hostOf(url)}: ${words.get(code) ?? messageOf(error)}`, { cause: error });
}

/** An error that already says which host. */
class ToldError extends Error {
  override name = 'SendError';
}

function codeOf(error: unknown): string {
  if (!isError(error)) return '';
  if ('code' in error && typeof error.code === 'string') {
    if (words.has(error.code) || distrust.has(error.code)) return error.code;
  }
  // Of several addresses each failed, or a library wrapped what happened.
  if ('errors' in error && Array.isArray(error.errors)) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}

function messageOf(error: unknown): string {
  return isError(error) && error.message !== '' ? error.message : 'it failed for no reason given';
}
