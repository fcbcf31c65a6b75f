import { createHash } from 'node:crypto';
import { buildSignedData } from './cms/buildSignedData.ts';
import { signedAttributesContent } from './cms/signedAttributes.ts';
import { der, derTag } from './der.ts';
import type { Signer } from './signer.ts';

/**
 * A detached CMS signature (RFC 5652, DER) over bytes that are kept elsewhere, e.g. of a second person over a record
 * whose PDF another one signs. `openssl cms -verify -inform DER -content <bytes>` reads it.
 */
export async function signDetached(bytes: Uint8Array, signer: Signer): Promise<Buffer> {
  const { certificateChain, revocationLists, algorithm } = signer;
  const digest = createHash(algorithm.digest).update(bytes).digest();
  const attributes = signedAttributesContent(digest, certificateChain, algorithm);
  const signatureValue = await signer.sign(der(derTag.set, attributes)); // §5.4: signed as a SET OF
  return buildSignedData({
    algorithm,
    certificateChain,
    revocationLists,
    signedAttributesContent: attributes,
    signatureValue,
    timeStampToken: await signer.timestamp?.(signatureValue),
  });
}
