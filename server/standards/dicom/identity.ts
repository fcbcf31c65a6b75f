import type { Hash } from 'node:crypto';
import { createHash } from 'node:crypto';

/** What makes two received objects the same: the bytes of the data set without file meta information, and how they are coded. */
export interface InstanceIdentity {
  /** SHA-256 of the data set as received, hexadecimal. */
  readonly dataSetSha256: string;
  readonly transferSyntax: string;
}

/** Hash to feed the data set to while it arrives; `digest('hex')` is `InstanceIdentity.dataSetSha256`. */
export function dataSetHash(): Hash {
  return createHash('sha256');
}

export function identityOf(dataSet: Uint8Array, transferSyntax: string): InstanceIdentity {
  return { dataSetSha256: dataSetHash().update(dataSet).digest('hex'), transferSyntax };
}

export function isSameInstance(a: InstanceIdentity, b: InstanceIdentity): boolean {
  return a.dataSetSha256 === b.dataSetSha256 && a.transferSyntax === b.transferSyntax;
}
