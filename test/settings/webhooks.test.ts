import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { localPaths } from '../../scripts/local/paths.ts';
import { localAuthority } from '../support/certificates.ts';
import { deployWith } from '../support/e2e/deploy-with.ts';
import {
  creating,
  createHook,
  deleteHooks,
  noRetries,
  publish,
  settled,
} from '../support/e2e/hooks.ts';
import { newPerson } from '../support/e2e/people.ts';
import type { Person } from '../support/e2e/people.ts';
import { endReceivers, newReceiver, postedOnce, verified } from '../support/e2e/receivers.ts';
import { fieldsOf } from '../support/e2e/refusal.ts';
import type { Receiver } from '../support/receiver.ts';

const authority = await localAuthority();

/** What was subscribed while every port of 127.0.0.1 was allowed. */
let early: { who: Person; hook: string; receiver: Receiver };
let allowedPort: number;

beforeAll(async () => {
  const receiver = await newReceiver();
  const who = await newPerson('early');
  const { id } = await createHook(who, receiver.url, { retry: noRetries });
  early = { who, hook: id, receiver };

  const tls = await authority.certify({ names: ['localhost', '127.0.0.1'] });
  const allowed = await newReceiver([{ status: 200 }], { tls });
  allowedPort = allowed.port;
  const { root, directory } = localPaths();
  const file = join(directory, 'authority.pem');
  await mkdir(directory, { recursive: true });
  await writeFile(file, authority.ca);
  const stranger = await newReceiver([{ status: 200 }], {
    tls: await (await localAuthority('A stranger')).certify({ names: ['127.0.0.1'] }),
  });
  const expired = await newReceiver([{ status: 200 }], {
    tls: await authority.certify({ names: ['127.0.0.1'], expired: true }),
  });
  const misnamed = await newReceiver([{ status: 200 }], {
    tls: await authority.certify({ names: ['hooks.example'] }),
  });
  receivers = { allowed, stranger, expired, misnamed };
  const ports = Object.values(receivers).map(({ port }) => port);
  await deployWith({
    'webhooks.caFile': relative(root, file),
    'webhooks.allowTargets': JSON.stringify([`127.0.0.1/32:${ports.join()}`]),
  });
}, 300_000);
afterAll(deleteHooks);
afterAll(endReceivers);

let receivers: Record<'allowed' | 'stranger' | 'expired' | 'misnamed', Receiver>;

describe('with webhooks.caFile', () => {
  test('a receiver with a certificate of that authority gets its posts by TLS', async () => {
    const ann = await newPerson('tls');
    const { allowed } = receivers;
    expect(allowed.url).toMatch(/^https:/u);
    const hook = await createHook(ann, allowed.url, { retry: noRetries });
    const id = await publish(ann);
    expect(verified(await postedOnce(allowed), hook.secret)).toMatchObject({ id });
    expect(await settled(ann, hook.id, 'delivered')).toMatchObject({ attempts: [{ status: 200 }] });
  });

  test.each(['stranger', 'expired', 'misnamed'] as const)(
    'a certificate that nobody vouches for is a failure of TLS (%s)',
    async (which) => {
      const ann = await newPerson('tls');
      const hook = await createHook(ann, receivers[which].url, { retry: noRetries });
      await publish(ann);
      const { attempts } = await settled(ann, hook.id, 'failed');
      expect(attempts).toMatchObject([{ error: { kind: 'tls' } }]);
      expect(receivers[which].posts).toEqual([]);
    },
  );
});

describe('with webhooks.allowTargets for some ports', () => {
  test('another port of that address is refused, by its number and by its name', async () => {
    const ann = await newPerson('ports');
    const other = early.receiver.port;
    for (const host of ['127.0.0.1', 'localhost']) {
      for (const scheme of ['http', 'https']) {
        const target = `${scheme}://${host}:${other}/`;
        expect(fieldsOf(await creating(ann, { target, events: ['*'] }))).toEqual([
          400,
          'body.target',
        ]);
      }
      const target = `https://${host}:${allowedPort}/`;
      expect((await creating(ann, { target, events: ['nothing.*'] })).status).toBe(201);
    }
  });

  test('an endpoint of before is not posted to: it is blocked before a byte is sent', async () => {
    const { who, hook, receiver } = early;
    await publish(who);
    const { attempts } = await settled(who, hook, 'failed');
    expect(attempts).toMatchObject([{ error: { kind: 'blocked', message: expect.any(String) } }]);
    expect(receiver.bytesReceived()).toBe(0);
  });
});
