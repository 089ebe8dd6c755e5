import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

const certificate = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;

/** Where the file of the setting `webhooks.caFile` is. */
export function caFilePath(caFile: string): string {
  return fileURLToPath(new URL(caFile, root));
}

/**
 * What is wrong with the file of further certificate authorities, asked when the application is
 * synthesised: functions would find out at their first post.
 *
 * @param given the setting as given, which may be wrong itself
 * @param place where it was given
 */
export function caFileMistakes(given: unknown, place: string): string[] {
  if (typeof given !== 'string' || given === '') return [];
  const mistake = (what: string) => [`${place}: ${what}; given is ${JSON.stringify(given)}`];
  let text: string;
  try {
    text = readFileSync(caFilePath(given), 'utf8');
  } catch {
    return mistake('there is no such file that can be read, name one by its path from the root');
  }
  const blocks = text.match(certificate) ?? [];
  if (blocks.length === 0) return mistake('holds no certificate, use a PEM file');
  if (!blocks.every(isCertificate)) return mistake('holds a certificate that cannot be read');
  return [];
}

function isCertificate(block: string): boolean {
  try {
    new X509Certificate(block);
    return true;
  } catch {
    return false;
  }
}
