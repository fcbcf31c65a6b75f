import { X509Certificate, webcrypto } from 'node:crypto';
import * as x509 from './x509.ts';

/** Seals private keys of the authority with the master key of the hub; `Keys` of the core is one. */
export interface KeySeal {
  encrypt(plain: string): string;
  decrypt(sealed: string): string;
}

/**
 * The built-in authority: a root that only signs the issuing certificate and its own revocation list, and an issuing
 * certificate for people. Keys are ECDSA P-256, kept as sealed PKCS #8.
 */
export interface Authority {
  /** DER. */
  readonly rootCertificate: Buffer;
  readonly issuingCertificate: Buffer;
  readonly sealedRootKey: string;
  readonly sealedIssuingKey: string;
}

export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const year = 365.25 * 24 * 3600 * 1000;
// Reports are kept for up to 30 years, so the root outlives them and the issuing certificate half of that.
const rootValidityMs = 40 * year;
const issuingValidityMs = 20 * year;

/** Makes a new authority for an organisation. `distributionUrl` is where its revocation list can be fetched. */
export async function createAuthority(
  seal: KeySeal,
  input: { organization: string; now: Date; distributionUrl?: string | undefined },
): Promise<Authority> {
  const rootKeys = await generateKeys();
  const issuingKeys = await generateKeys();
  const notBefore = wholeSeconds(input.now);
  const rootName = distinguishedName(input.organization, `${input.organization} 文书签名根证书`);
  const authorityKeyUsage = new x509.KeyUsagesExtension(
    x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
    true,
  );
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerialNumber(),
    name: rootName,
    notBefore,
    notAfter: new Date(notBefore.getTime() + rootValidityMs),
    keys: rootKeys,
    signingAlgorithm: keyAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 1, true),
      authorityKeyUsage,
      await x509.SubjectKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  const issuing = await x509.X509CertificateGenerator.create({
    serialNumber: newSerialNumber(),
    subject: distinguishedName(input.organization, `${input.organization} 人员签名证书`),
    issuer: root.subjectName,
    notBefore,
    notAfter: new Date(notBefore.getTime() + issuingValidityMs),
    publicKey: issuingKeys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: keyAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      authorityKeyUsage,
      await x509.SubjectKeyIdentifierExtension.create(issuingKeys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(rootKeys.publicKey),
    ],
  });
  return {
    rootCertificate: Buffer.from(root.rawData),
    issuingCertificate: Buffer.from(issuing.rawData),
    sealedRootKey: seal.encrypt(await exportKey(rootKeys.privateKey)),
    sealedIssuingKey: seal.encrypt(await exportKey(issuingKeys.privateKey)),
  };
}

export function distinguishedName(
  organization: string,
  commonName: string,
  serialNumber?: string,
): x509.Name {
  return new x509.Name([
    { C: ['CN'] },
    { O: [{ utf8String: organization }] },
    { CN: [{ utf8String: commonName }] },
    ...(serialNumber === undefined ? [] : [{ '2.5.4.5': [{ printableString: serialNumber }] }]),
  ]);
}

export function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
}

export async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  return Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64');
}

export async function openAuthorityKey(seal: KeySeal, sealed: string): Promise<webcrypto.CryptoKey> {
  const pkcs8 = Buffer.from(seal.decrypt(sealed), 'base64');
  return await webcrypto.subtle.importKey('pkcs8', pkcs8, keyAlgorithm, false, ['sign']);
}

/** 128 random bits, positive and without leading zero byte (RFC 5280 §4.1.2.2). */
export function newSerialNumber(): string {
  const bytes = webcrypto.getRandomValues(Buffer.alloc(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** Certificates and PDF dates count whole seconds. */
export function wholeSeconds(date: Date): Date {
  return new Date(Math.floor(date.getTime() / 1000) * 1000);
}

/** SHA-256 of a certificate, as `hub verify` and pdfsig users compare it. */
export function fingerprint(certificate: Uint8Array): string {
  return new X509Certificate(certificate).fingerprint256.replaceAll(':', '').toLowerCase();
}
