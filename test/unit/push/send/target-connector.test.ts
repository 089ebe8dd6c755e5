import { describe, expect, test } from '@jest/globals';
import { connector, type ConnectorParts } from '../../../../lambdas/push/send/target-connector.ts';
import { rememberedMs } from '../../../../lambdas/push/send/target-credentials.ts';
import type {
  Connection,
  Destination,
  PushSender,
} from '../../../../lambdas/shared/define/push-sender.ts';
import type { PushTarget } from '../../../../lambdas/shared/define/push-target.ts';
import { PermanentError } from '../../../../lambdas/shared/errors.ts';
import { outgoing } from '../../../support/push/peers/outgoing.ts';

const target: PushTarget = {
  name: 'partner',
  url: 'test://files.example.org/in',
  secret: 'sequitur/partner',
  hostKeys: ['SHA256:one', 'SHA256:two'],
};
const signal = new AbortController().signal;
const file = outgoing('a.xml', Buffer.from('x'));

/** A server that lets in with one password, which may be asked for with each file only. */
function scene({ asks = 'at the door' }: { asks?: 'at the door' | 'with each file' } = {}) {
  const server = { password: 'first' };
  const vault = new Map([['sequitur/partner', JSON.stringify({ user: 'u', password: 'first' })]]);
  const seen: Destination[] = [];
  let reads = 0;
  let nowMs = 1_000;
  const check = ({ credentials }: Destination) =>
    credentials.password === server.password
      ? Promise.resolve()
      : Promise.reject(new PermanentError('refused'));
  const sender: PushSender = {
    scheme: 'test',
    connect: async (destination) => {
      seen.push(destination);
      if (asks === 'at the door') await check(destination);
      const connection: Connection = {
        put: () => check(destination),
        close: () => Promise.resolve(),
      };
      return connection;
    },
  };
  const parts: ConnectorParts = {
    senders: [sender],
    secrets: {
      read: (name) => {
        reads += 1;
        return Promise.resolve(vault.get(name));
      },
    },
    readCa: (caFile) => Promise.resolve(`PEM of ${caFile}`),
    timeoutMs: 30_000,
    now: () => nowMs,
  };
  return {
    server,
    vault,
    seen,
    parts,
    connector: connector(parts),
    reads: () => reads,
    wait: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('what a sender is given', () => {
  test('all of the target, its secret and its authority', async () => {
    const { connector: it, seen } = scene();
    await it.connect({ ...target, caFile: 'partner.pem', atomic: false }, signal);
    expect(seen).toEqual([
      {
        url: new URL('test://files.example.org/in'),
        credentials: { user: 'u', password: 'first' },
        hostKeys: ['SHA256:one', 'SHA256:two'],
        ca: 'PEM of partner.pem',
        atomic: false,
        timeoutMs: 30_000,
        signal,
      },
    ]);
  });

  test('nothing secret when the target names no secret; a temporary name unless told otherwise', async () => {
    const { parts, seen, reads } = scene();
    const lax: PushSender = {
      scheme: 'open',
      connect: (destination) => {
        seen.push(destination);
        return Promise.resolve({ put: () => Promise.resolve(), close: () => Promise.resolve() });
      },
    };
    const it = connector({ ...parts, senders: [lax] });
    await it.connect({ name: 'open', url: 'open://files.example.org' }, signal);
    expect(seen[0]).toMatchObject({ credentials: {}, hostKeys: [], atomic: true });
    expect(reads()).toBe(0);
  });

  test('of two senders for a scheme the first counts', async () => {
    const { parts } = scene();
    const own: PushSender = {
      scheme: 'test',
      connect: () => Promise.reject(new Error('the own one')),
    };
    const it = connector({ ...parts, senders: [own, ...parts.senders] });
    await expect(it.connect(target, signal)).rejects.toThrow('the own one');
  });

  test('a scheme without a sender is refused for good, with those that exist', async () => {
    const { connector: it } = scene();
    await expect(it.connect({ ...target, url: 'gopher://x' }, signal)).rejects.toMatchObject({
      name: 'PermanentError',
      message: 'there is no sender for gopher: those that exist are test',
    });
  });
});

describe('secrets', () => {
  test('are remembered for five minutes', async () => {
    const { connector: it, reads, wait } = scene();
    await it.connect(target, signal);
    wait(rememberedMs - 1);
    await it.connect(target, signal);
    expect(reads()).toBe(1);
    wait(1);
    await it.connect(target, signal);
    expect(reads()).toBe(2);
  });

  test('that were changed are read anew when the server refuses the remembered ones', async () => {
    const { connector: it, server, vault, reads } = scene();
    await it.connect(target, signal);
    server.password = 'second';
    vault.set('sequitur/partner', JSON.stringify({ user: 'u', password: 'second' }));
    const connection = await it.connect(target, signal);
    await connection.put(file);
    expect(reads()).toBe(2);
  });

  test('that are wrong are read anew once, not for ever', async () => {
    const { connector: it, server, reads } = scene();
    await it.connect(target, signal);
    server.password = 'second';
    await expect(it.connect(target, signal)).rejects.toMatchObject({ name: 'PermanentError' });
    expect(reads()).toBe(2);
    await expect(it.connect(target, signal)).rejects.toMatchObject({ name: 'PermanentError' });
    expect(reads()).toBe(3);
  });

  test('that a server looks at with each file only: the next connection has the new ones', async () => {
    const { connector: it, server, vault } = scene({ asks: 'with each file' });
    await (await it.connect(target, signal)).put(file);
    const old = await it.connect(target, signal);
    server.password = 'second';
    vault.set('sequitur/partner', JSON.stringify({ user: 'u', password: 'second' }));
    await expect(old.put(file)).rejects.not.toMatchObject({ name: 'PermanentError' });
    expect(old.usable?.()).toBe(false);
    await (await it.connect(target, signal)).put(file);
    server.password = 'third';
    await expect((await it.connect(target, signal)).put(file)).rejects.toMatchObject({
      name: 'Error',
    });
    await expect((await it.connect(target, signal)).put(file)).rejects.toMatchObject({
      name: 'PermanentError',
    });
  });

  test('that are not there are named', async () => {
    const { connector: it } = scene();
    await expect(it.connect({ ...target, secret: 'sequitur/other' }, signal)).rejects.toMatchObject(
      {
        name: 'PermanentError',
        message: "there is no secret 'sequitur/other' in Secrets Manager",
      },
    );
  });

  test.each([
    'hush-hush',
    '"hush-hush"',
    '["hush-hush"]',
    '{"password":{"is":"hush-hush"}}',
    'null',
    '',
  ])('of the wrong form (%s) are refused for good without a word of them', async (text) => {
    const { connector: it, vault } = scene();
    vault.set('sequitur/partner', text);
    const connecting = it.connect(target, signal);
    await expect(connecting).rejects.toMatchObject({ name: 'PermanentError' });
    await expect(connecting).rejects.toThrow(/the secret 'sequitur\/partner' is no JSON object/);
    const error: unknown = await connecting.catch((failure: unknown) => failure);
    const all = error instanceof Error ? `${String(error.stack)} ${String(error.cause)}` : '';
    expect(all).not.toContain('hush');
  });
});
