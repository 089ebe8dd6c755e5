import { expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { newSecret, signatureHeaders } from '../../../lambdas/webhooks/signature.ts';

const secrets = [1, 2, 3].map((byte) => newSecret((size) => Buffer.alloc(size, byte)));
const post = { id: 'evt_1', body: '{"name":"Zoë"}', secrets, atMs: Date.now() };

test('a secret is whsec_ and 32 bytes in base64', () => {
  expect(secrets[0]).toBe(`whsec_${Buffer.alloc(32, 1).toString('base64')}`);
});

test('each secret verifies the signatures, and no other', () => {
  const headers = signatureHeaders(post);
  for (const secret of secrets) {
    expect(new Webhook(secret).verify(post.body, headers)).toEqual({ name: 'Zoë' });
  }
  const other = new Webhook(newSecret((size) => Buffer.alloc(size, 4)));
  expect(() => other.verify(post.body, headers)).toThrow('No matching signature');
});

test('the timestamp is in seconds', () => {
  expect(signatureHeaders({ ...post, atMs: 1_700_000_000_999 })).toMatchObject({
    'webhook-timestamp': '1700000000',
  });
});
