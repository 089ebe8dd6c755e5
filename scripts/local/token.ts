import { importJWK, SignJWT } from 'jose';
import { readKeyRing, type SigningKey } from './key-ring.ts';
import { localPaths, type LocalPaths } from './paths.ts';
import { readStackFile } from './stack-file.ts';
import { describeError, StartError } from './start-error.ts';
import { parseTokenArguments } from './token-arguments.ts';

export const localAudience = 'sequitur';
export const adminScope = 'sequitur/admin';
export const defaultTtlSeconds = 3_600;

export interface TokenRequest {
  /** The caller's id, without its type: `thoas`. */
  readonly sub: string;
  readonly admin?: boolean;
  /** Life in seconds, up to a day; an hour when not given. */
  readonly ttlSeconds?: number;
}

/** A token for the local stack, signed with its issuer's current key. Fails when no stack runs. */
export async function mintToken(
  request: TokenRequest,
  paths: LocalPaths = localPaths(),
  clock: () => Date = () => new Date(),
): Promise<string> {
  const { issuerUrl, key } = await localIssuer(paths);
  return signToken(tokenClaims(request, issuerUrl, clock()), key);
}

/** Where tokens of the local stack come from: the issuer's address and its current key. */
export async function localIssuer(
  paths: LocalPaths = localPaths(),
): Promise<{ issuerUrl: string; key: SigningKey }> {
  const stack = await readStackFile(paths.stackFile);
  const ring = await readKeyRing(paths.issuerDirectory);
  if (stack === undefined || ring === undefined) {
    throw new StartError('No local stack is running.', 'Start one: npm start');
  }
  return { issuerUrl: stack.issuerUrl, key: ring.current };
}

/** The claims of a good token, times in seconds since 1970 (RFC 7519). */
export function tokenClaims(
  request: TokenRequest,
  issuerUrl: string,
  now: Date,
): Record<string, string | number> {
  const issuedAt = Math.floor(now.getTime() / 1000);
  return {
    iss: issuerUrl,
    sub: request.sub,
    aud: localAudience,
    iat: issuedAt,
    exp: issuedAt + (request.ttlSeconds ?? defaultTtlSeconds),
    ...(request.admin === true ? { scope: adminScope } : {}),
  };
}

/** Signs the claims as they are, whatever they say: tests mint refused tokens with it too. */
export async function signToken(
  claims: Record<string, string | number>,
  key: Pick<SigningKey, 'kid' | 'privateJwk'>,
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.kid })
    .sign(await importJWK(key.privateJwk, 'RS256'));
}

if (import.meta.main) {
  try {
    process.stdout.write(`${await mintToken(parseTokenArguments(process.argv.slice(2)))}\n`);
  } catch (error) {
    process.stderr.write(`${describeError(error)}\n`);
    process.exitCode = error instanceof StartError ? 1 : 70;
  }
}
