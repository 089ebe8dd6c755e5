import { createPublicKey } from 'node:crypto';
import { base64url, SignJWT } from 'jose';
import { generateSigningKey, type SigningKey } from './key-ring.ts';
import { signToken, tokenClaims } from './token.ts';

/**
 * Tokens that must be refused, each wrong in exactly one way, by the name of what is wrong.
 * @param key the issuer's current key, so that nothing but the named fault is wrong
 */
export async function mintBadTokens(
  sub: string,
  issuerUrl: string,
  key: SigningKey,
  now: Date,
): Promise<Record<string, string>> {
  const claims = tokenClaims({ sub }, issuerUrl, now);
  const seconds = Math.floor(now.getTime() / 1000);
  const foreign = await generateSigningKey(now);
  const good = await signToken(claims, key);
  return {
    'alg none': unsigned(claims, key),
    'HS256 with the public key': await signedWithPublicKey(claims, key),
    'a foreign key under the known kid': await signToken(claims, { ...foreign, kid: key.kid }),
    'a foreign key under its own kid': await signToken(claims, foreign),
    expired: await signToken({ ...claims, iat: seconds - 7200, exp: seconds - 3600 }, key),
    'not yet valid': await signToken({ ...claims, nbf: seconds + 3600, exp: seconds + 7200 }, key),
    'wrong issuer': await signToken({ ...claims, iss: 'https://issuer.example' }, key),
    'wrong audience': await signToken({ ...claims, aud: 'somebody-else' }, key),
    'claims changed after signing': withOtherClaims(good, { ...claims, sub: 'somebody-else' }),
    'signature missing': good.slice(0, good.lastIndexOf('.') + 1),
    'not a token': 'not-a-token',
  };
}

function unsigned(claims: object, key: SigningKey): string {
  return `${encode({ alg: 'none', typ: 'JWT', kid: key.kid })}.${encode(claims)}.`;
}

/** The algorithm confusion attack (RFC 8725, 2.1): the published key taken for a shared secret. */
function signedWithPublicKey(
  claims: Record<string, string | number>,
  key: SigningKey,
): Promise<string> {
  const { kty, n, e } = key.privateJwk;
  const published = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
  const pem = published.export({ type: 'spki', format: 'pem' });
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT', kid: key.kid })
    .sign(new TextEncoder().encode(pem.toString()));
}

function withOtherClaims(token: string, claims: object): string {
  const [header = '', , signature = ''] = token.split('.');
  return `${header}.${encode(claims)}.${signature}`;
}

function encode(value: object): string {
  return base64url.encode(JSON.stringify(value));
}
