import { createHash } from 'node:crypto';
import { identifier, signatureAlgorithms } from '../algorithm.ts';
import { DerError, derChild, derChildren, derTag, readDer, readObjectIdentifier } from '../der.ts';
import type { DerElement } from '../der.ts';

/**
 * Whether an RFC 3161 token was made over these bytes: its message imprint is their digest. Who made it is not judged
 * here: the hub knows no time stamping authority to trust. Throws a `DerError` for what is no token.
 */
export function isStampOf(token: Buffer, bytes: Uint8Array): boolean {
  const contentInfo = derChildren(readDer(token));
  requireIdentifier(contentInfo[0], identifier.signedData);
  const [signedData] = derChildren(derChild(contentInfo, 1, 0xa0));
  if (!signedData) throw new DerError('time stamp is empty');
  const encapsulated = derChildren(derChild(derChildren(signedData), 2, derTag.sequence));
  requireIdentifier(encapsulated[0], identifier.timeStampInfo);
  const content = derChild(derChildren(derChild(encapsulated, 1, 0xa0)), 0, derTag.octetString);
  const info = derChildren(readDer(content.content));
  const imprint = derChildren(derChild(info, 2, derTag.sequence));
  const algorithm = derChild(derChildren(derChild(imprint, 0, derTag.sequence)), 0, derTag.objectIdentifier);
  const suite = signatureAlgorithms.find(
    ({ digestIdentifier }) => digestIdentifier === readObjectIdentifier(algorithm),
  );
  if (!suite) throw new DerError('digest of the time stamp is not known');
  const digest = createHash(suite.digest).update(bytes).digest();
  return derChild(imprint, 1, derTag.octetString).content.equals(digest);
}

function requireIdentifier(element: DerElement | undefined, wanted: string): void {
  if (!element || readObjectIdentifier(element) !== wanted) throw new DerError('not a time stamp');
}
