import { X509Certificate } from 'node:crypto';
import { identifier } from '../algorithm.ts';
import type { SignatureAlgorithm } from '../algorithm.ts';
import {
  der,
  derChild,
  derChildren,
  derContext,
  derInteger,
  derObjectIdentifier,
  derSequence,
  derTag,
  readDer,
  sortedSetContent,
} from '../der.ts';
import { algorithmIdentifier } from './signedAttributes.ts';

export interface SignedDataParts {
  readonly algorithm: SignatureAlgorithm;
  /** Signer first. */
  readonly certificateChain: readonly Uint8Array[];
  readonly revocationLists: readonly Uint8Array[];
  readonly signedAttributesContent: Uint8Array;
  readonly signatureValue: Uint8Array;
  readonly timeStampToken?: Uint8Array | undefined;
}

/** issuerAndSerialNumber, copied byte by byte from the certificate. */
export function issuerAndSerialNumber(certificate: Uint8Array): Buffer {
  const toBeSigned = derChild(derChildren(readDer(Buffer.from(certificate))), 0, derTag.sequence);
  const fields = derChildren(toBeSigned).filter((field) => field.tag !== 0xa0);
  return derSequence(derChild(fields, 2, derTag.sequence).bytes, derChild(fields, 0, derTag.integer).bytes);
}

/** Detached CMS SignedData (RFC 5652 §5) with one signer, certificates and revocation lists inside. */
export function buildSignedData(parts: SignedDataParts): Buffer {
  const [signerCertificate] = parts.certificateChain;
  if (!signerCertificate) throw new Error('A signature needs the certificate of its signer');
  const digestAlgorithm = algorithmIdentifier(parts.algorithm.digestIdentifier);
  const signerInfo = derSequence(
    derInteger(1),
    issuerAndSerialNumber(signerCertificate),
    digestAlgorithm,
    derContext(0, parts.signedAttributesContent),
    algorithmIdentifier(parts.algorithm.signatureIdentifier),
    der(derTag.octetString, parts.signatureValue),
    ...(parts.timeStampToken
      ? [
          derContext(
            1,
            derSequence(
              derObjectIdentifier(identifier.timeStampToken),
              der(derTag.set, parts.timeStampToken),
            ),
          ),
        ]
      : []),
  );
  const signedData = derSequence(
    derInteger(1),
    der(derTag.set, digestAlgorithm),
    derSequence(derObjectIdentifier(identifier.data)),
    derContext(0, sortedSetContent(parts.certificateChain)),
    ...(parts.revocationLists.length > 0 ? [derContext(1, sortedSetContent(parts.revocationLists))] : []),
    der(derTag.set, signerInfo),
  );
  return derSequence(derObjectIdentifier(identifier.signedData), derContext(0, signedData));
}

/** Puts certificates into order from the signer to the root; what does not belong to the chain is left out. */
export function orderChain(
  certificates: readonly Uint8Array[],
  signerIdentifier: Uint8Array,
): X509Certificate[] {
  const pool = certificates.map((bytes) => new X509Certificate(bytes));
  let current = pool.find((certificate) => issuerAndSerialNumber(certificate.raw).equals(signerIdentifier));
  const chain: X509Certificate[] = [];
  while (current && !chain.includes(current)) {
    chain.push(current);
    const child = current;
    current = pool.find((candidate) => !chain.includes(candidate) && child.checkIssued(candidate));
  }
  return chain;
}
