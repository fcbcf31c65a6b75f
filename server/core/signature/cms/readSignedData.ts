import { identifier, signatureAlgorithms } from '../algorithm.ts';
import { DerError, derChild, derChildren, derTag, readDer, readObjectIdentifier } from '../der.ts';
import { buildSignedData, orderChain } from './buildSignedData.ts';
import type { SignedDataParts } from './buildSignedData.ts';

/**
 * Reads the CMS SignedData that `buildSignedData` makes and nothing else: what was read is built again and must give
 * the same bytes, so a changed byte outside the signed attributes is noticed as well.
 * Throws a `DerError` for everything else.
 */
export function readSignedData(bytes: Buffer): SignedDataParts {
  const contentInfo = derChildren(readDer(bytes));
  if (readObjectIdentifier(derChild(contentInfo, 0, derTag.objectIdentifier)) !== identifier.signedData)
    throw new DerError('not signed data');
  const [signedDataElement] = derChildren(derChild(contentInfo, 1, 0xa0));
  if (!signedDataElement) throw new DerError('signed data is empty');
  const signedData = derChildren(signedDataElement);
  const certificates = derChildren(derChild(signedData, 3, 0xa0)).map((element) => element.bytes);
  const listsElement = signedData.find((element) => element.tag === 0xa1);
  const signerInfos = derChildren(derChild(signedData, signedData.length - 1, derTag.set));
  const signerInfo = derChildren(derChild(signerInfos, 0, derTag.sequence));
  const signatureIdentifier = readObjectIdentifier(
    derChild(derChildren(derChild(signerInfo, 4, derTag.sequence)), 0, derTag.objectIdentifier),
  );
  const algorithm = signatureAlgorithms.find((suite) => suite.signatureIdentifier === signatureIdentifier);
  if (!algorithm) throw new DerError(`signature algorithm ${signatureIdentifier} is not known`);
  const chain = orderChain(certificates, derChild(signerInfo, 1, derTag.sequence).bytes);
  if (chain.length === 0) throw new DerError('certificate of the signer is missing');
  const unsigned = signerInfo.find((element) => element.tag === 0xa1);
  const parts: SignedDataParts = {
    algorithm,
    certificateChain: chain.map((certificate) => certificate.raw),
    revocationLists: listsElement ? derChildren(listsElement).map((element) => element.bytes) : [],
    signedAttributesContent: derChild(signerInfo, 3, 0xa0).content,
    signatureValue: derChild(signerInfo, 5, derTag.octetString).content,
    timeStampToken: unsigned && readTimeStampToken(unsigned.content),
  };
  if (!buildSignedData(parts).equals(bytes))
    throw new DerError('signed data is not in the form the hub writes');
  return parts;
}

function readTimeStampToken(attributes: Buffer): Buffer {
  const attribute = derChildren(readDer(attributes));
  const [token] = derChildren(derChild(attribute, 1, derTag.set));
  if (!token) throw new DerError('time stamp is empty');
  return token.bytes;
}

/** The message digest inside the content of signed attributes. */
export function messageDigestOf(signedAttributesContent: Buffer): Buffer | undefined {
  for (let offset = 0; offset < signedAttributesContent.length;) {
    const element = readDer(signedAttributesContent, offset);
    const parts = derChildren(element);
    if (readObjectIdentifier(derChild(parts, 0, derTag.objectIdentifier)) === identifier.messageDigest) {
      const [value] = derChildren(derChild(parts, 1, derTag.set));
      return value?.content;
    }
    offset += element.bytes.length;
  }
  return undefined;
}
