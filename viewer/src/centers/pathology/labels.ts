import { query } from '../../api/client.ts';

export type LabelKind = 'containers' | 'blocks' | 'slides';

/** Opens the labels of a case, or of these barcodes, as PDF in a window of its own, ready to print. */
export function openLabels(what: LabelKind, by: { orderId: string } | { barcodes: readonly string[] }): void {
  const wanted = 'orderId' in by ? { orderId: by.orderId } : { barcodes: by.barcodes.join(',') };
  window.open(`/api/pathology/labels${query({ what, ...wanted })}`, '_blank', 'noopener');
}
