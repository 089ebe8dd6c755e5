import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, expect, test } from '@jest/globals';
import { caFileMistakes } from '../../../../lib/define/ca-file-mistakes.ts';

const folder = mkdtempSync(join(tmpdir(), 'sequitur-ca-'));
afterAll(() => rmSync(folder, { recursive: true }));

const place = 'config/settings.ts, webhooks.caFile';
const [one = '', other = ''] = rootCertificates;

function file(text: string): string {
  const path = join(folder, 'ca.pem');
  writeFileSync(path, text);
  return path;
}

test('no file, and one with several certificates, are right', () => {
  expect(caFileMistakes('', place)).toEqual([]);
  expect(caFileMistakes(undefined, place)).toEqual([]);
  expect(caFileMistakes(file(`Ours:\n${one}\n${other}\n`), place)).toEqual([]);
});

test('a file that there is not is told with its place', () => {
  expect(caFileMistakes('config/none.pem', place)).toEqual([
    `${place}: there is no such file that can be read, name one by its path from the root; given is "config/none.pem"`,
  ]);
});

test.each([
  ['nothing', '', 'holds no certificate, use a PEM file'],
  ['a key', one.replaceAll('CERTIFICATE', 'PRIVATE KEY'), 'holds no certificate, use a PEM file'],
  [
    'a torn certificate beside a whole one',
    `${one}\n${other.slice(0, 200)}\n-----END CERTIFICATE-----`,
    'holds a certificate that cannot be read',
  ],
])('a file with %s is refused', (_what, text, what) => {
  const path = file(text);
  expect(caFileMistakes(path, place)).toEqual([`${place}: ${what}; given is "${path}"`]);
});
