import type { ErrorKind } from './delivery.ts';

/** Why a post failed, in words for the owner of its hook. */
export class AttemptFailure extends Error {
  readonly kind: ErrorKind;

  /** @param cause what happened, where these words do not say it */
  constructor(kind: ErrorKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AttemptFailure';
    this.kind = kind;
  }
}

/** A name could not be resolved. */
export function dnsFailure(host: string, error: unknown): AttemptFailure {
  return new AttemptFailure(
    'dns',
    codeOf(error) === 'ENOTFOUND' || codeOf(error) === 'ENODATA'
      ? `${host} has no address`
      : `${host} could not be resolved`,
  );
}

/** No certificate of the receiver could be trusted, or no way to encrypt was agreed on. */
export function tlsFailure(host: string, error: unknown): AttemptFailure {
  const code = codeOf(error);
  return new AttemptFailure(
    'tls',
    code === 'ERR_TLS_CERT_ALTNAME_INVALID'
      ? `the certificate is not for ${host}`
      : (tlsReasons.get(code) ?? 'TLS could not be agreed on'),
  );
}

/** A connection could not be made, or broke. */
export function connectionFailure(error: unknown): AttemptFailure {
  if (error instanceof AttemptFailure) return error;
  const reason =
    connectionReasons.get(codeOf(error)) ??
    (isParserError(error) ? 'the answer is not valid HTTP' : undefined);
  return reason === undefined
    ? new AttemptFailure('connection', 'the connection failed', error)
    : new AttemptFailure('connection', reason);
}

/** Whether a connection just ended. */
export function isLost(error: unknown): boolean {
  return lostCodes.has(codeOf(error));
}

const unknownAuthority = 'the certificate is not from a known authority';

/** By OpenSSL's codes. */
const tlsReasons: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'the certificate has expired'],
  ['CERT_NOT_YET_VALID', 'the certificate is not valid yet'],
  ['CERT_REVOKED', 'the certificate is revoked'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT', unknownAuthority],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', unknownAuthority],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', unknownAuthority],
  ['ECONNRESET', 'the connection was closed while TLS was agreed on'],
]);

const closed = 'the connection was closed before the answer was complete';

/** By the codes of the operating system and of undici. */
const connectionReasons: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', closed],
  ['EPIPE', closed],
  ['UND_ERR_SOCKET', closed],
  ['EHOSTUNREACH', 'the host cannot be reached'],
  ['ENETUNREACH', 'the network cannot be reached'],
  ['ETIMEDOUT', 'the host does not answer'],
  ['UND_ERR_HEADERS_OVERFLOW', 'the answer’s headers are too large'],
  ['HPE_HEADER_OVERFLOW', 'the answer’s headers are too large'],
]);

const lostCodes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function isParserError(error: unknown): boolean {
  return isObject(error) && 'name' in error && error.name === 'HTTPParserError';
}

function codeOf(error: unknown): string {
  return isObject(error) && 'code' in error ? String(error.code) : '';
}

function isObject(error: unknown): error is object {
  return typeof error === 'object' && error !== null;
}
