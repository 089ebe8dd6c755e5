import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { sftpSender } from '../../../lambdas/push/send/sftp-sender.ts';
import type { Connection, Destination } from '../../../lambdas/shared/define/push-sender.ts';
import { startAsyncSsh } from '../../support/push/peers/asyncssh.ts';
import { startOpenSsh, type OpenSshPeer } from '../../support/push/peers/openssh.ts';
import { destinationOn, filesBelow, outgoing } from '../../support/push/peers/outgoing.ts';

// Servers start in processes of their own, on machines that have others to run.
jest.setTimeout(20_000);

const other = 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU';

describe('host keys and logins of OpenSSH', () => {
  let peer: OpenSshPeer;
  const open: Connection[] = [];

  beforeAll(async () => {
    peer = await startOpenSsh({ hostKeyKinds: ['rsa', 'ecdsa', 'ed25519'] });
  });
  afterAll(() => peer.stop());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  });

  async function connect(more: Partial<Omit<Destination, 'url'>> = {}): Promise<Connection> {
    const connection = await sftpSender.connect(destinationOn(peer, more));
    open.push(connection);
    return connection;
  }

  test.each([0, 1, 2])('any of the keys of a server may be the pinned one (%i)', async (index) => {
    const pinned = [peer.hostKeys[index] ?? ''];
    const connection = await connect({ hostKeys: pinned });
    await connection.put(outgoing(`key-${index}.xml`, Buffer.from('x')));
    expect(await filesBelow(peer.files)).toContain(`key-${index}.xml`);
  });

  test('of two pinned keys one is enough: the old one and the new one', async () => {
    for (const hostKeys of [
      [other, peer.hostKeys[2] ?? ''],
      [peer.hostKeys[2] ?? '', other],
    ]) {
      expect((await connect({ hostKeys })).usable?.()).toBe(true);
    }
  });

  test('an unknown key is refused for good, with the fingerprints of all that the server has', async () => {
    const connecting = connect({ hostKeys: [other] });
    await expect(connecting).rejects.toMatchObject({ name: 'PermanentError' });
    for (const fingerprint of [...peer.hostKeys, other]) {
      await expect(connecting).rejects.toThrow(fingerprint);
    }
    // It never got as far as a login.
    expect(peer.log()).not.toMatch(/Failed publickey/);
  });

  test('without any pinned key nothing is trusted', async () => {
    await expect(connect({ hostKeys: [] })).rejects.toMatchObject({
      name: 'PermanentError',
      message: expect.stringContaining(peer.hostKeys[2] ?? '-'),
    });
  });

  test('a private key with a passphrase opens the door', async () => {
    const privateKey = await readFile(peer.lockedKey, 'utf8');
    const { user, passphrase } = peer;
    const connection = await connect({ credentials: { user, privateKey, passphrase } });
    expect(connection.usable?.()).toBe(true);
  });

  test.each([
    ['no passphrase', {}, /is encrypted, and the secret has no passphrase/],
    ['a wrong passphrase', { passphrase: 'wrong-words' }, /passphrase is not its own/],
  ])('a private key with %s is refused before anybody is asked', async (_name, more, message) => {
    const privateKey = await readFile(peer.lockedKey, 'utf8');
    const connecting = connect({ credentials: { user: peer.user, privateKey, ...more } });
    await expect(connecting).rejects.toMatchObject({ name: 'PermanentError' });
    await expect(connecting).rejects.toThrow(message);
    await expect(connecting).rejects.not.toThrow(/wrong-words|BEGIN/);
  });

  test('what is no key is refused without being quoted', async () => {
    const connecting = connect({ credentials: { user: peer.user, privateKey: 'hush hush' } });
    await expect(connecting).rejects.toMatchObject({ name: 'PermanentError' });
    await expect(connecting).rejects.not.toThrow(/hush/);
  });

  test('a key that the server does not know is refused for good', async () => {
    const stranger = await startOpenSsh();
    try {
      const connecting = connect({
        credentials: { user: peer.user, privateKey: stranger.credentials.privateKey ?? '' },
      });
      await expect(connecting).rejects.toMatchObject({ name: 'PermanentError' });
      await expect(connecting).rejects.toThrow(/it refuses the login of '\w+' by private key/);
    } finally {
      await stranger.stop();
    }
  });

  test.each([
    [{}, /needs a 'user'/],
    [{ user: 'someone' }, /needs a 'password' or a 'privateKey'/],
  ])('credentials %j lack something', async (credentials, message) => {
    const connecting = connect({ credentials });
    await expect(connecting).rejects.toMatchObject({ name: 'PermanentError' });
    await expect(connecting).rejects.toThrow(message);
  });

  test('a path with two slashes begins at the root of the server', async () => {
    const destination = destinationOn(peer, { folder: `/${peer.files}/rooted` });
    const connection = await sftpSender.connect(destination);
    open.push(connection);
    await connection.put(outgoing('deep/a.xml', Buffer.from('x')));
    expect(await filesBelow(peer.files)).toContain('rooted/deep/a.xml');
  });
});

test('a server that asks for the password in a dialogue gets it', async () => {
  const peer = await startAsyncSsh({ asksInDialogue: true });
  try {
    const connection = await sftpSender.connect(destinationOn(peer));
    await connection.put(outgoing('a.xml', Buffer.from('x')));
    await connection.close();
    expect(await filesBelow(peer.files)).toEqual(['a.xml']);
  } finally {
    await peer.stop();
  }
});

test('a key that was changed behind a name is refused, until the new one is pinned too', async () => {
  const before = await startAsyncSsh();
  await before.stop();
  const after = await startAsyncSsh();
  try {
    const pinned = [...before.hostKeys];
    await expect(
      sftpSender.connect(destinationOn(after, { hostKeys: pinned })),
    ).rejects.toMatchObject({
      name: 'PermanentError',
      message: expect.stringContaining(after.hostKeys[0] ?? '-'),
    });
    const connection = await sftpSender.connect(
      destinationOn(after, { hostKeys: [...pinned, ...after.hostKeys] }),
    );
    await connection.close();
  } finally {
    await after.stop();
  }
});
