import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DecryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import { indexes, keys } from '../../../lambdas/webhooks/contract.ts';
import { kmsSecretBox } from '../../../lambdas/webhooks/kms-secret-box.ts';
import { kmsSecretOpener } from '../../../lambdas/webhooks/kms-secret-opener.ts';
import type { SecretBox } from '../../../lambdas/webhooks/secret-box.ts';
import { fakeKms } from '../../support/fake-kms.ts';
import { inMemorySecretBox } from '../../support/in-memory-secret-box.ts';
import { startLocalTable } from '../../support/local-table.ts';
import type { LocalTable } from '../../support/local-table.ts';
import { newHook } from '../../support/webhook-hooks.ts';

const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/secrets';
const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

let table: LocalTable;
beforeAll(async () => {
  table = await startLocalTable(indexes);
}, 120_000);
afterAll(async () => table.stop());

const kms = fakeKms(keyArn);
const inMemory = inMemorySecretBox();
const boxes: [string, () => SecretBox][] = [
  ['KMS', () => kmsSecretBox(table, keyArn, kms)],
  ['a key in memory', () => inMemory],
];

describe.each(boxes)('a secret sealed with %s', (_name, open) => {
  const hook = newHook().ulid;

  test('is opened for its hook, and tells nothing', async () => {
    const box = open();
    const sealed = await box.seal(secret, hook);
    expect(await box.open(sealed, hook)).toBe(secret);
    const bytes = Buffer.from(sealed, 'base64url').toString('latin1');
    for (const part of ['whsec', secret.slice(6, 12)]) {
      expect(sealed).not.toContain(part);
      expect(bytes).not.toContain(part);
    }
  });

  test('is another text each time', async () => {
    const box = open();
    expect(await box.seal(secret, hook)).not.toBe(await box.seal(secret, hook));
  });

  test('is opened for no other hook, and not when a byte of it was changed', async () => {
    const box = open();
    const sealed = await box.seal(secret, hook);
    await expect(box.open(sealed, newHook().ulid)).rejects.toThrow(/authenticate/);
    const bytes = Buffer.from(sealed, 'base64url');
    for (const place of bytes.keys()) {
      const altered = Buffer.from(bytes);
      altered[place] = (altered[place] ?? 0) ^ 1;
      await expect(box.open(altered.toString('base64url'), hook)).rejects.toThrow(/authenticate/);
    }
  });

  test('is opened by a box that is made later', async () => {
    expect(await open().open(await open().seal(secret, hook), hook)).toBe(secret);
  });
});

const forget = async () =>
  table.client.send(new DeleteCommand({ TableName: table.tableName, Key: keys.dataKey }));

describe('the data key', () => {
  const hook = newHook().ulid;

  test('is one for all, when many make it at once', async () => {
    await forget();
    const many = Array.from({ length: 8 }, () => kmsSecretBox(table, keyArn, fakeKms(keyArn, kms)));
    const sealed = await Promise.all(many.map(async (box) => box.seal(secret, hook)));
    for (const box of many) {
      for (const one of sealed) expect(await box.open(one, hook)).toBe(secret);
    }
  });

  test('is asked of KMS once, and stored encrypted only', async () => {
    await forget();
    const counted = fakeKms(keyArn);
    const box = kmsSecretBox(table, keyArn, counted);
    const sealed = await Promise.all([1, 2, 3].map(async () => box.seal(secret, hook)));
    for (const one of sealed) await box.open(one, hook);
    expect(counted.calls).toEqual([GenerateDataKeyCommand.name]);
    const later = kmsSecretBox(table, keyArn, counted);
    for (const one of sealed) expect(await later.open(one, hook)).toBe(secret);
    expect(counted.calls).toEqual([GenerateDataKeyCommand.name, DecryptCommand.name]);
    const { Item } = await table.client.send(
      new GetCommand({ TableName: table.tableName, Key: keys.dataKey, ConsistentRead: true }),
    );
    expect(Object.keys(Item ?? {}).toSorted()).toEqual(['encrypted', 'pk', 'sk']);
    const [plain] = counted.plainKeys;
    expect(plain).toBeDefined();
    expect(Buffer.from(String(Item?.['encrypted']), 'base64').includes(plain ?? '')).toBe(false);
  });

  test('is decrypted once to open secrets, and never made for that', async () => {
    await forget();
    const counted = fakeKms(keyArn);
    const sealed = await kmsSecretBox(table, keyArn, counted).seal(secret, hook);
    counted.calls.length = 0;
    const opener = kmsSecretOpener(table, keyArn, counted);
    for (let n = 0; n < 3; n += 1) expect(await opener.open(sealed, hook)).toBe(secret);
    expect(counted.calls).toEqual([DecryptCommand.name]);
    await forget();
    const without = kmsSecretOpener(table, keyArn, counted);
    await expect(without.open(sealed, hook)).rejects.toThrow(/data key .* is gone/);
    expect(counted.calls).toEqual([DecryptCommand.name]);
  });

  test('is asked for again after KMS failed', async () => {
    await forget();
    const failing = fakeKms(keyArn);
    const box = kmsSecretBox(table, keyArn, failing);
    failing.failNext(new Error('KMS is out of reach'));
    await expect(box.seal(secret, hook)).rejects.toThrow('KMS is out of reach');
    expect(await box.open(await box.seal(secret, hook), hook)).toBe(secret);
  });
});
