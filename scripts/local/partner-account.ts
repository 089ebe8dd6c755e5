import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { writeJsonAtomically } from './stack-file.ts';

const accountSchema = z.object({ user: z.string(), password: z.string() });

/** Whom a server lets in. */
export type PartnerAccount = z.infer<typeof accountSchema>;

/** The account in the file, made at the first call: it stays the same, and is for its owner's eyes. */
export async function partnerAccount(file: string): Promise<PartnerAccount> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return accountSchema.parse(JSON.parse(text));
  const account = { user: 'partner', password: randomBytes(18).toString('base64url') };
  await writeJsonAtomically(file, account, 0o600);
  return account;
}
