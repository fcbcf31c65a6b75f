import { X509Certificate, createHash } from 'node:crypto';
import { der, derTag } from './der.ts';
import { buildSignedData } from './cms/buildSignedData.ts';
import { signedAttributesContent } from './cms/signedAttributes.ts';
import { commonName } from './distinguishedName.ts';
import { appendSignatureField } from './pdf/appendSignatureField.ts';
import type { Signer } from './signer.ts';

export interface SignatureDetails {
  /** Claimed time of signing, to the second (`/M`, covered by the signature). */
  readonly signedAt: Date;
  readonly reason?: string;
  readonly location?: string;
}

const timestampRoomBytes = 12_288;

/**
 * Puts a PAdES signature (ETSI EN 319 142-1, `ETSI.CAdES.detached`) over a whole PDF: signed attributes with ESS
 * signing-certificate-v2, certificate chain and revocation lists in the CMS and in the document security store.
 * The file must have no signature yet; throws a `PdfError` when it cannot be read.
 */
export async function signPdf(pdf: Buffer, signer: Signer, details: SignatureDetails): Promise<Buffer> {
  const [own] = signer.certificateChain;
  if (!own) throw new Error('A signer must bring its own certificate');
  const { certificateChain, revocationLists, algorithm } = signer;
  const evidenceBytes = [...certificateChain, ...revocationLists].reduce((sum, part) => sum + part.length, 0);
  const prepared = appendSignatureField(pdf, {
    ...details,
    signerName: commonName(new X509Certificate(own).subject),
    certificates: certificateChain,
    revocationLists,
    signatureBytes: evidenceBytes + 1_024 + (signer.timestamp ? timestampRoomBytes : 0),
  });
  const digest = createHash(algorithm.digest)
    .update(prepared.bytes.subarray(0, prepared.contentsStart))
    .update(prepared.bytes.subarray(prepared.contentsEnd))
    .digest();
  const attributes = signedAttributesContent(digest, certificateChain, algorithm);
  // RFC 5652 §5.4: signed as a SET OF, stored with an implicit tag.
  const signatureValue = await signer.sign(der(derTag.set, attributes));
  const signedData = buildSignedData({
    algorithm,
    certificateChain,
    revocationLists,
    signedAttributesContent: attributes,
    signatureValue,
    timeStampToken: await signer.timestamp?.(signatureValue),
  });
  const room = (prepared.contentsEnd - prepared.contentsStart - 2) / 2;
  if (signedData.length > room)
    throw new Error(`The signature takes ${signedData.length} bytes, ${room} are there`);
  prepared.bytes.write(signedData.toString('hex'), prepared.contentsStart + 1, 'latin1');
  return prepared.bytes;
}
