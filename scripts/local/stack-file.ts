import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';

/** A server that gets files of partners. */
const server = z.object({
  host: z.string(),
  port: z.number(),
  user: z.string(),
  password: z.string(),
  /** Where uploads land on this machine; a server that the caller named keeps that to itself. */
  root: z.string().optional(),
  /** Where to push to, without the account. */
  url: z.string(),
  /** Fingerprints that its key may have. */
  hostKeys: z.array(z.string()).optional(),
});

export type PartnerServer = z.infer<typeof server>;

/** What the running stack offers its clients; a field is present once its domain is built. */
export const stackFileSchema = z.object({
  apiUrl: z.string(),
  issuerUrl: z.string(),
  awsEndpoint: z.string(),
  region: z.string(),
  couchdbUrl: z.string().optional(),
  opensearchUrl: z.string().optional(),
  sftp: server.optional(),
  ftp: server.optional(),
  tcp: z.object({ host: z.string(), port: z.number(), file: z.string() }).optional(),
  consoleUrl: z.string().optional(),
});

export type StackFile = z.infer<typeof stackFileSchema>;

/** The running stack's description, or undefined when none runs. Throws on a damaged file. */
export async function readStackFile(file: string): Promise<StackFile | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : stackFileSchema.parse(JSON.parse(text));
}

/** Readers see the old file or the new one, never half of it. */
export async function writeJsonAtomically(
  file: string,
  value: unknown,
  mode = 0o644,
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${String(process.pid)}.new`;
  await writeFile(draft, `${JSON.stringify(value, undefined, 2)}\n`, { mode });
  await rename(draft, file);
}
