import { verify } from 'node:crypto';
import type { X509Certificate } from 'node:crypto';
import * as x509 from './x509.ts';
import { identifier, signatureAlgorithms } from './algorithm.ts';
import { keyAlgorithm, openAuthorityKey, wholeSeconds } from './authority.ts';
import type { Authority, KeySeal } from './authority.ts';
import {
  DerError,
  derChild,
  derChildren,
  derInteger,
  derTag,
  readDer,
  readDerTime,
  readObjectIdentifier,
} from './der.ts';
import type { DerElement } from './der.ts';

/** Reasons of RFC 5280 §5.3.1 that the hub uses. */
export const revocationReasons = {
  unspecified: x509.X509CrlReason.unspecified,
  'key-compromise': x509.X509CrlReason.keyCompromise,
  left: x509.X509CrlReason.affiliationChanged,
  superseded: x509.X509CrlReason.superseded,
  'licence-ended': x509.X509CrlReason.cessationOfOperation,
} as const;
export type RevocationReason = keyof typeof revocationReasons;

export interface RevokedCertificate {
  readonly serialNumber: string;
  readonly revokedAt: Date;
  readonly reason: RevocationReason;
}

const dayMs = 24 * 3600 * 1000;
/** How long a list speaks for itself: that of people is renewed daily, that of the root yearly. */
export const listValidityMs = { issuing: 7 * dayMs, root: 400 * dayMs } as const;

/** Signs the list of revoked certificates, by the issuing certificate (people) or by the root. */
export async function issueRevocationList(
  seal: KeySeal,
  authority: Authority,
  issuer: 'issuing' | 'root',
  input: { number: number; now: Date; revoked: readonly RevokedCertificate[] },
): Promise<Buffer> {
  const certificate = new x509.X509Certificate(
    issuer === 'root' ? authority.rootCertificate : authority.issuingCertificate,
  );
  const thisUpdate = wholeSeconds(input.now);
  const list = await x509.X509CrlGenerator.create({
    issuer: certificate.subjectName,
    thisUpdate,
    nextUpdate: new Date(thisUpdate.getTime() + listValidityMs[issuer]),
    entries: input.revoked.map((entry) => ({
      serialNumber: entry.serialNumber,
      revocationDate: wholeSeconds(entry.revokedAt),
      reason: revocationReasons[entry.reason],
    })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(certificate.publicKey),
      new x509.Extension('2.5.29.20', false, derInteger(input.number)),
    ],
    signingKey: await openAuthorityKey(
      seal,
      issuer === 'root' ? authority.sealedRootKey : authority.sealedIssuingKey,
    ),
    signingAlgorithm: keyAlgorithm,
  });
  return Buffer.from(list.rawData);
}

export interface RevocationList {
  /** DER of the issuer's name. */
  readonly issuer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Serial number (lower case hexadecimal) → when and why (code of RFC 5280). */
  readonly revoked: ReadonlyMap<string, { at: Date; reason: number }>;
  isSignedBy(certificate: X509Certificate): boolean;
}

/** Reads a list (RFC 5280 §5.1). Throws a `DerError` when it is none. */
export function readRevocationList(bytes: Buffer): RevocationList {
  const list = readDer(bytes);
  const [toBeSigned, algorithm, signature, ...more] = derChildren(list);
  if (list.tag !== derTag.sequence || list.bytes.length !== bytes.length || more.length > 0)
    throw new DerError('not a revocation list');
  if (!toBeSigned || !algorithm || signature?.tag !== derTag.bitString || signature.content[0] !== 0)
    throw new DerError('not a revocation list');
  const fields = derChildren(toBeSigned);
  if (fields[0]?.tag === derTag.integer) fields.shift();
  const [signedAlgorithm, issuer, thisUpdate, nextUpdate, ...rest] = fields;
  if (!signedAlgorithm || !issuer || !thisUpdate || !nextUpdate)
    throw new DerError('revocation list is incomplete');
  if (!signedAlgorithm.bytes.equals(algorithm.bytes))
    // §5.1.1.2
    throw new DerError('revocation list names two algorithms');
  const algorithmName = readObjectIdentifier(derChild(derChildren(algorithm), 0, derTag.objectIdentifier));
  const suite = signatureAlgorithms.find((known) => known.signatureIdentifier === algorithmName);
  const [entries] = rest;
  return {
    issuer: issuer.bytes,
    thisUpdate: readDerTime(thisUpdate),
    nextUpdate: readDerTime(nextUpdate),
    revoked: new Map(entries?.tag === derTag.sequence ? derChildren(entries).map(readEntry) : []),
    isSignedBy: (certificate) =>
      suite !== undefined &&
      verify(suite.digest, toBeSigned.bytes, certificate.publicKey, signature.content.subarray(1)),
  };
}

function readEntry(entry: DerElement): [string, { at: Date; reason: number }] {
  const parts = derChildren(entry);
  const serialNumber = derChild(parts, 0, derTag.integer)
    .content.toString('hex')
    .replace(/^00(?=.)/, '');
  const date = parts[1];
  if (!date) throw new DerError('revoked certificate without a date');
  return [serialNumber, { at: readDerTime(date), reason: reasonCode(parts[2]) }];
}

function reasonCode(extensions: DerElement | undefined): number {
  for (const extension of extensions ? derChildren(extensions) : []) {
    const parts = derChildren(extension);
    if (readObjectIdentifier(derChild(parts, 0, derTag.objectIdentifier)) === identifier.crlReason)
      return parts.at(-1)?.content.at(-1) ?? 0;
  }
  return 0;
}
