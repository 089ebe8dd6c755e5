import { randomBytes } from 'node:crypto';
import { openText, sealText } from '../../lambdas/webhooks/sealing.ts';
import type { SecretBox } from '../../lambdas/webhooks/secret-box.ts';

/** Seals as on AWS, with a data key that lives as long as the box. */
export function inMemorySecretBox(key: Uint8Array = randomBytes(32)): SecretBox {
  return {
    seal: async (secret, hook) => Promise.resolve(sealText(secret, key, hook)),
    open: async (sealed, hook) => {
      await Promise.resolve();
      return openText(sealed, key, hook);
    },
  };
}
