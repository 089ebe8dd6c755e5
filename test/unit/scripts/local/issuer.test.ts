import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { mintBadTokens } from '../../../../scripts/local/bad-tokens.ts';
import { startIssuer } from '../../../../scripts/local/issuer.ts';
import { readKeyRing } from '../../../../scripts/local/key-ring.ts';
import type { LocalPaths } from '../../../../scripts/local/paths.ts';
import { findFreePort } from '../../../../scripts/local/port.ts';
import { writeJsonAtomically } from '../../../../scripts/local/stack-file.ts';
import { localAudience, mintToken } from '../../../../scripts/local/token.ts';
import { withTemporaryPaths } from './temporary-paths.ts';

describe('the issuer', () => {
  let paths: LocalPaths;
  let issuer: Awaited<ReturnType<typeof startIssuer>>;
  let port: number;
  const release = Promise.withResolvers<void>();

  beforeAll(async () => {
    paths = await new Promise((resolve) => {
      void withTemporaryPaths((temporary) => (resolve(temporary), release.promise));
    });
    port = await findFreePort();
    issuer = await startIssuer({ directory: paths.issuerDirectory, port });
    await writeJsonAtomically(paths.stackFile, {
      apiUrl: 'http://127.0.0.1:1',
      issuerUrl: issuer.url,
      awsEndpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
    });
  });

  afterAll(async () => {
    await issuer.stop();
    release.resolve();
  });

  /** As a relying party would: discovery, then the key set, then signature and claims. */
  async function verify(token: string) {
    const discovery = await fetch(`${issuer.url}/.well-known/openid-configuration`);
    const { issuer: name, jwks_uri: keys } = (await discovery.json()) as Record<string, string>;
    return jwtVerify(token, createRemoteJWKSet(new URL(keys ?? '')), {
      issuer: name ?? '',
      audience: localAudience,
    });
  }

  test('has its tokens verified through discovery and key set', async () => {
    const { payload } = await verify(await mintToken({ sub: 'thoas' }, paths));
    expect(payload).toMatchObject({ iss: issuer.url, sub: 'thoas', aud: 'sequitur' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect(payload).not.toHaveProperty('scope');
  });

  test('gives administrators their scope, and the life that was asked for', async () => {
    const token = await mintToken({ sub: 'operator', admin: true, ttlSeconds: 60 }, paths);
    const { payload } = await verify(token);
    expect(payload['scope']).toBe('sequitur/admin');
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(60);
  });

  test('has old and new tokens verified after a rotation, and after a restart', async () => {
    const before = await mintToken({ sub: 'thoas' }, paths);
    const rotation = await fetch(`${issuer.url}/rotate`, { method: 'POST' });
    const { kid } = (await rotation.json()) as { kid: string };
    const since = await mintToken({ sub: 'thoas' }, paths);
    expect((await verify(since)).protectedHeader.kid).toBe(kid);
    expect((await verify(before)).protectedHeader.kid).not.toBe(kid);

    await issuer.stop();
    issuer = await startIssuer({ directory: paths.issuerDirectory, port });
    await verify(before);
    await verify(since);
  });

  test('loses no key when rotations meet', async () => {
    const token = await mintToken({ sub: 'thoas' }, paths);
    const rotations = [1, 2].map(() => fetch(`${issuer.url}/rotate`, { method: 'POST' }));
    const kids = await Promise.all(
      rotations.map(async (answer) => ((await (await answer).json()) as { kid: string }).kid),
    );
    expect(new Set(kids).size).toBe(2);
    await verify(token);
  });

  test('does not rotate for a page in a browser', async () => {
    const headers = { origin: 'https://evil.example' };
    const answer = await fetch(`${issuer.url}/rotate`, { method: 'POST', headers });
    expect(answer.status).toBe(403);
  });

  test('has every bad token refused', async () => {
    const ring = await readKeyRing(paths.issuerDirectory);
    if (ring === undefined) throw new Error('no keys');
    const tokens = await mintBadTokens('thoas', issuer.url, ring.current, new Date());
    expect(Object.keys(tokens).length).toBeGreaterThanOrEqual(8);
    for (const [fault, token] of Object.entries(tokens)) {
      await expect(verify(token).then(() => fault)).rejects.toMatchObject({
        code: expect.stringMatching(/^ERR_J/),
      });
    }
  });

  test('is replaced by a clear error where no stack has been started', async () => {
    await withTemporaryPaths(async (elsewhere) => {
      await expect(mintToken({ sub: 'thoas' }, elsewhere)).rejects.toMatchObject({
        message: 'No local stack is running.',
        remedy: 'Start one: npm start',
      });
    });
  });

  test('rotates a key that has signed for half a day', async () => {
    await withTemporaryPaths(async ({ issuerDirectory }) => {
      let now = new Date('2030-01-01T00:00:00Z');
      const options = { directory: issuerDirectory, port: await findFreePort(), clock: () => now };
      await (await startIssuer(options)).stop();
      const first = await readKeyRing(issuerDirectory);
      await (await startIssuer(options)).stop();
      expect((await readKeyRing(issuerDirectory))?.current).toEqual(first?.current);
      now = new Date('2030-01-01T12:00:00Z');
      await (await startIssuer(options)).stop();
      expect((await readKeyRing(issuerDirectory))?.current.kid).toBe(first?.standby[0]?.kid);
    });
  });
});
