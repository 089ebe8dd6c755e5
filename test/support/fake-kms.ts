import { randomBytes } from 'node:crypto';
import { DecryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { openText, sealText } from '../../lambdas/webhooks/sealing.ts';
import type { Kms } from '../../lambdas/webhooks/kms-data-key.ts';

export interface FakeKms extends Kms {
  /** Names of the commands it got. */
  calls: string[];
  /** Every data key that it gave out, in the clear. */
  plainKeys: Buffer[];
  masterKey: Buffer;
  failNext: (error: Error) => void;
}

/**
 * The two calls of KMS by which data keys are made and decrypted. It encrypts for real, under one key
 * and for the encryption context of the call alone (KMS developer guide, "Encryption context").
 *
 * @param sharing another one, whose key this is too
 */
export function fakeKms(keyArn: string, sharing?: FakeKms): FakeKms {
  const calls: string[] = [];
  const plainKeys: Buffer[] = [];
  const masterKey = sharing?.masterKey ?? randomBytes(32);
  let failure: Error | undefined;

  const answer = (command: unknown) => {
    if (command instanceof GenerateDataKeyCommand) {
      const { KeyId, KeySpec, EncryptionContext } = command.input;
      if (KeyId !== keyArn || KeySpec !== 'AES_256') throw new Error('NotFoundException');
      const key = randomBytes(32);
      plainKeys.push(key);
      const sealed = sealText(key.toString('base64'), masterKey, JSON.stringify(EncryptionContext));
      return { Plaintext: new Uint8Array(key), CiphertextBlob: new TextEncoder().encode(sealed) };
    }
    if (command instanceof DecryptCommand) {
      const { KeyId, CiphertextBlob, EncryptionContext } = command.input;
      if (KeyId !== keyArn) throw new Error('IncorrectKeyException');
      const sealed = new TextDecoder().decode(CiphertextBlob);
      const key = openText(sealed, masterKey, JSON.stringify(EncryptionContext));
      return { Plaintext: new Uint8Array(Buffer.from(key, 'base64')) };
    }
    throw new Error('this needs no other call');
  };
  const send = async (command: object) => {
    await Promise.resolve();
    calls.push(command.constructor.name);
    const error = failure;
    failure = undefined;
    if (error) throw error;
    return answer(command);
  };
  return {
    send: send as Kms['send'],
    calls,
    plainKeys,
    masterKey,
    failNext: (error) => {
      failure = error;
    },
  };
}
