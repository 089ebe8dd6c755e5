import { webcrypto } from 'node:crypto';
import { provideReflectMetadata } from './reflect-metadata.ts';

provideReflectMetadata();

// Loaded late: the tests' loader would take a CommonJS module before what it needs.
const {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} = await import('@peculiar/x509');

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const hourMs = 60 * 60 * 1_000;

/** A certificate authority that nobody knows but who is given its certificate. */
export interface LocalAuthority {
  /** PEM of its own certificate. */
  ca: string;
  /** A certificate and key for a server, PEM. */
  certify(options: {
    /** DNS names and IP addresses. */
    names: readonly string[];
    /** @default valid for an hour before and after now */
    expired?: boolean;
  }): Promise<{ key: string; cert: string }>;
}

export async function localAuthority(name = 'Local test authority'): Promise<LocalAuthority> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    notBefore: new Date(Date.now() - hourMs),
    notAfter: new Date(Date.now() + hourMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 1, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    ca: certificate.toString('pem'),
    async certify({ names, expired = false }) {
      const ofServer = await newKeys();
      const signed = await X509CertificateGenerator.create({
        subject: 'CN=receiver',
        issuer: certificate.subject,
        notBefore: new Date(Date.now() - 2 * hourMs),
        notAfter: new Date(Date.now() + (expired ? -hourMs : hourMs)),
        publicKey: ofServer.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        extensions: [
          new BasicConstraintsExtension(false),
          new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
          new SubjectAlternativeNameExtension(
            names.map((each) => ({
              type: /^[\d.]+$|:/.test(each) ? ('ip' as const) : ('dns' as const),
              value: each,
            })),
          ),
        ],
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', ofServer.privateKey);
      return { key: PemConverter.encode(key, 'PRIVATE KEY'), cert: signed.toString('pem') };
    },
  };
}

function newKeys() {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
