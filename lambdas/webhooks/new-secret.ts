import { randomBytes } from 'node:crypto';

/** Bytes of a secret; Standard Webhooks asks for 24 to 64. */
const secretBytes = 32;

/** A signing secret in the form of Standard Webhooks: `whsec_` and base64. */
export function newSecret(): string {
  return `whsec_${randomBytes(secretBytes).toString('base64')}`;
}
