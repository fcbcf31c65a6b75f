import { createHash } from 'node:crypto';
import { ecdsaP256Sha256, identifier } from '../algorithm.ts';
import type { SignatureAlgorithm } from '../algorithm.ts';
import { der, derObjectIdentifier, derSequence, derTag, sortedSetContent } from '../der.ts';

export function algorithmIdentifier(objectIdentifier: string): Buffer {
  return derSequence(derObjectIdentifier(objectIdentifier));
}

function attribute(type: string, value: Uint8Array): Buffer {
  return derSequence(derObjectIdentifier(type), der(derTag.set, value));
}

/** ESS signing-certificate-v2 (RFC 5035 §3) over the whole chain, so that no certificate can be exchanged. */
function signingCertificateV2(chain: readonly Uint8Array[], algorithm: SignatureAlgorithm): Buffer {
  const certificateIdentifiers = chain.map((certificate) => {
    const hash = der(derTag.octetString, createHash(algorithm.digest).update(certificate).digest());
    // SHA-256 is the DEFAULT and therefore left out.
    return algorithm === ecdsaP256Sha256
      ? derSequence(hash)
      : derSequence(algorithmIdentifier(algorithm.digestIdentifier), hash);
  });
  return derSequence(derSequence(...certificateIdentifiers));
}

/**
 * Content of the signed attributes of PAdES (EN 319 142-1 §6.3): content type, message digest, signing certificate.
 * The claimed time stands in the signature dictionary (`/M`), which the signature covers.
 */
export function signedAttributesContent(
  messageDigest: Uint8Array,
  chain: readonly Uint8Array[],
  algorithm: SignatureAlgorithm,
): Buffer {
  return sortedSetContent([
    attribute(identifier.contentType, derObjectIdentifier(identifier.data)),
    attribute(identifier.messageDigest, der(derTag.octetString, messageDigest)),
    attribute(identifier.signingCertificateV2, signingCertificateV2(chain, algorithm)),
  ]);
}
