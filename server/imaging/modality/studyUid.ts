/** The Study Instance UID that the worklist gives an order: its id under the UUID root (PS3.5 §B.2). */
export function studyUidOfOrder(orderId: string): string {
  return `2.25.${BigInt(`0x${orderId.replaceAll('-', '')}`).toString()}`;
}

/** The order that a Study Instance UID of our worklist belongs to; undefined for any other UID. */
export function orderOfStudyUid(studyInstanceUid: string): string | undefined {
  const digitsOnly = /^2\.25\.(\d{1,39})$/.exec(studyInstanceUid)?.[1];
  if (!digitsOnly) return undefined;
  const hex = BigInt(digitsOnly).toString(16).padStart(32, '0');
  if (hex.length !== 32) return undefined;
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
