import * as x509 from './x509.ts';
import {
  distinguishedName,
  exportKey,
  generateKeys,
  keyAlgorithm,
  newSerialNumber,
  openAuthorityKey,
  wholeSeconds,
} from './authority.ts';
import type { Authority, KeySeal } from './authority.ts';
import { sealWithPin } from './pinSeal.ts';

export interface PersonCertificate {
  /** Hexadecimal, as it stands in revocation lists. */
  readonly serialNumber: string;
  /** DER. */
  readonly certificate: Buffer;
  /** PKCS #8 under the signing PIN. */
  readonly sealedKey: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

const threeYearsMs = 3 * 365 * 24 * 3600 * 1000;

/**
 * Makes a key for one person, certifies it by the issuing certificate and seals it with the PIN. The key leaves this
 * function only sealed. `validUntil` (end of the licence) shortens the usual three years.
 */
export async function issueCertificate(
  seal: KeySeal,
  authority: Authority,
  pin: { value: string; pepper: Uint8Array },
  person: {
    id: string;
    name: string;
    organization: string;
    now: Date;
    validUntil?: Date | undefined;
    distributionUrl?: string | undefined;
  },
): Promise<PersonCertificate> {
  const keys = await generateKeys();
  const issuing = new x509.X509Certificate(authority.issuingCertificate);
  const serialNumber = newSerialNumber();
  const notBefore = wholeSeconds(person.now);
  const latest = Math.min(
    notBefore.getTime() + threeYearsMs,
    issuing.notAfter.getTime(),
    person.validUntil?.getTime() ?? Infinity,
  );
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber,
    subject: distinguishedName(person.organization, person.name, person.id),
    issuer: issuing.subjectName,
    notBefore,
    notAfter: new Date(latest),
    publicKey: keys.publicKey,
    signingKey: await openAuthorityKey(seal, authority.sealedIssuingKey),
    signingAlgorithm: keyAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.nonRepudiation,
        true,
      ),
      // RFC 9336 id-kp-documentSigning; id-kp-emailProtection is what OpenSSL and NSS ask of a CMS signer.
      new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.36', x509.ExtendedKeyUsage.emailProtection]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuing.publicKey),
      ...(person.distributionUrl === undefined
        ? []
        : [new x509.CRLDistributionPointsExtension([person.distributionUrl])]),
    ],
  });
  return {
    serialNumber,
    certificate: Buffer.from(certificate.rawData),
    sealedKey: await sealWithPin(Buffer.from(await exportKey(keys.privateKey), 'base64'), pin, person.id),
    notBefore,
    notAfter: new Date(latest),
  };
}
