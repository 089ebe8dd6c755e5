import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  createKeyRing,
  publicKeySet,
  readKeyRing,
  retiredKeySeconds,
  rotateKeyRing,
  verifierCacheSeconds,
  writeKeyRing,
  type KeyRing,
  type SigningKey,
} from '../../../../scripts/local/key-ring.ts';
import { withTemporaryPaths } from './temporary-paths.ts';

const start = new Date('2030-01-01T00:00:00.000Z');
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);

function numberedKeys() {
  let count = 0;
  return (publishedAt: Date): Promise<SigningKey> => {
    const kid = `key-${String((count += 1))}`;
    const secret = { d: 'd', p: 'p', q: 'q', dp: 'dp', dq: 'dq', qi: 'qi' };
    const privateJwk = { kty: 'RSA' as const, n: `n-${kid}`, e: 'AQAB', ...secret };
    return Promise.resolve({ kid, publishedAt: publishedAt.toISOString(), privateJwk });
  };
}

async function rotated(ring: KeyRing, now: Date, servedSince: Date, generate = numberedKeys()) {
  const rotation = await rotateKeyRing(ring, now, servedSince, generate);
  if (rotation.outcome !== 'rotated') throw new Error('was too soon');
  return rotation.ring;
}

const published = (ring: KeyRing) => publicKeySet(ring).keys.map((key) => key['kid']);

describe('a key ring', () => {
  test('publishes the public half of every key and nothing of the private one', async () => {
    const ring = await createKeyRing(start, numberedKeys());
    const { keys } = publicKeySet(ring);
    expect(keys).toHaveLength(5);
    for (const key of keys) {
      expect(Object.keys(key).toSorted()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    }
  });

  test('signs after a rotation with a key that was published before it', async () => {
    const ring = await createKeyRing(start, numberedKeys());
    const next = await rotated(ring, after(60), start);
    expect(published(ring)).toContain(next.current.kid);
    expect(next.current.kid).not.toBe(ring.current.kid);
  });

  test('keeps the retired key published as long as a token of it can live, then drops it', async () => {
    const generate = numberedKeys();
    const ring = await createKeyRing(start, generate);
    const once = await rotated(ring, start, start, generate);
    const inTime = await rotated(once, after(retiredKeySeconds - 1), start, generate);
    expect(published(inTime)).toContain(ring.current.kid);
    const late = await rotated(once, after(retiredKeySeconds), start, generate);
    expect(published(late)).not.toContain(ring.current.kid);
  });

  test('does not promote a key that verifiers may not have seen', async () => {
    const generate = numberedKeys();
    let ring = await createKeyRing(start, generate);
    for (let rotation = 0; rotation < 4; rotation += 1) {
      ring = await rotated(ring, after(10), start, generate);
    }
    expect(await rotateKeyRing(ring, after(20), start, generate)).toEqual({
      outcome: 'too-soon',
      possibleAt: after(10 + verifierCacheSeconds),
    });
    await rotated(ring, after(10 + verifierCacheSeconds), start, generate);
    // An issuer started later has served that key from its first answer.
    await rotated(ring, after(20), after(15), generate);
  });

  test('is kept on disk for its owner alone', async () => {
    await withTemporaryPaths(async ({ issuerDirectory }) => {
      expect(await readKeyRing(issuerDirectory)).toBeUndefined();
      const ring = await createKeyRing(start, numberedKeys());
      await writeKeyRing(issuerDirectory, ring);
      expect(await readKeyRing(issuerDirectory)).toEqual(ring);
      expect((await stat(join(issuerDirectory, 'keys.json'))).mode & 0o777).toBe(0o600);
    });
  });
});
