import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod';
import { writeJsonAtomically } from './stack-file.ts';

const keySchema = z.object({
  kid: z.string(),
  /** When clients could first read it in the key set. */
  publishedAt: z.iso.datetime(),
  privateJwk: z.object({
    kty: z.literal('RSA'),
    n: z.string(),
    e: z.string(),
    d: z.string(),
    p: z.string(),
    q: z.string(),
    dp: z.string(),
    dq: z.string(),
    qi: z.string(),
  }),
});

const keyRingSchema = z.object({
  /** Signs. */
  current: keySchema.extend({ activatedAt: z.iso.datetime() }),
  /** Published before they sign, oldest first. */
  standby: z.array(keySchema).min(1),
  /** No longer sign, still verify; newest first. */
  retired: z.array(keySchema.extend({ retiredAt: z.iso.datetime() })),
});

export type SigningKey = z.infer<typeof keySchema>;
export type KeyRing = z.infer<typeof keyRingSchema>;
export type GenerateKey = (publishedAt: Date) => Promise<SigningKey>;

/** A token must not outlive the key that signed it, so this is the longest life of either. */
export const retiredKeySeconds = 86_400;

/** API Gateway caches an issuer's keys for two hours, and so does the emulator. */
export const verifierCacheSeconds = 7_200;

/** How many rotations can follow each other within the time that verifiers cache the keys. */
const standbyKeys = 4;

export async function createKeyRing(now: Date, generate: GenerateKey): Promise<KeyRing> {
  const keys = Array.from({ length: standbyKeys + 1 }, () => generate(now));
  const [first, ...standby] = await Promise.all(keys);
  if (first === undefined) throw new Error('no key was generated');
  return { current: { ...first, activatedAt: now.toISOString() }, standby, retired: [] };
}

export type Rotation =
  | { readonly outcome: 'rotated'; readonly ring: KeyRing }
  | { readonly outcome: 'too-soon'; readonly possibleAt: Date };

/**
 * Retires the signing key and promotes the oldest standby key. A key that verifiers may not have
 * seen yet is not promoted: they would refuse its tokens until their cache ends.
 * @param servedSince when the issuer began to answer; keys older than that are in its first answer
 */
export async function rotateKeyRing(
  ring: KeyRing,
  now: Date,
  servedSince: Date,
  generate: GenerateKey,
): Promise<Rotation> {
  const [next, ...standby] = ring.standby;
  if (next === undefined) throw new Error('a key ring has a standby key');
  const published = new Date(next.publishedAt).getTime();
  const knownAt = published + verifierCacheSeconds * 1000;
  if (published > servedSince.getTime() && knownAt > now.getTime()) {
    return { outcome: 'too-soon', possibleAt: new Date(knownAt) };
  }
  const { activatedAt: _activatedAt, ...previous } = ring.current;
  const stillNeeded = ring.retired.filter(
    (key) => new Date(key.retiredAt).getTime() + retiredKeySeconds * 1000 > now.getTime(),
  );
  return {
    outcome: 'rotated',
    ring: {
      current: { ...next, activatedAt: now.toISOString() },
      standby: [...standby, await generate(now)],
      retired: [{ ...previous, retiredAt: now.toISOString() }, ...stillNeeded],
    },
  };
}

/** The JWKS document: every key that verifies now or may soon. */
export function publicKeySet(ring: KeyRing): { keys: Record<string, string>[] } {
  const keys = [ring.current, ...ring.standby, ...ring.retired];
  return {
    keys: keys.map(({ kid, privateJwk: { kty, n, e } }) => ({
      kty,
      n,
      e,
      kid,
      alg: 'RS256',
      use: 'sig',
    })),
  };
}

/** RS256, the only family of algorithms that API Gateway's JWT authorizer takes. */
export async function generateSigningKey(publishedAt: Date): Promise<SigningKey> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return keySchema.parse({
    kid: await calculateJwkThumbprint(jwk),
    publishedAt: publishedAt.toISOString(),
    privateJwk: jwk,
  });
}

/** The keys on disk, or undefined when no issuer has run here. */
export async function readKeyRing(directory: string): Promise<KeyRing | undefined> {
  const text = await readFile(keyFile(directory), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : keyRingSchema.parse(JSON.parse(text));
}

export async function writeKeyRing(directory: string, ring: KeyRing): Promise<void> {
  await writeJsonAtomically(keyFile(directory), ring, 0o600);
}

function keyFile(directory: string): string {
  return join(directory, 'keys.json');
}
