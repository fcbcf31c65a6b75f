/** Bounds of the listener. */
export interface Limits {
  /** Longest P-DATA-TF announced to peers: 128 KB lets default DCMTK senders do well at MTU 1500. */
  readonly maxPduLength: number;
  /** Associations at once, all peers together. */
  readonly maxAssociations: number;
  /** Associations at once from one address. */
  readonly maxAssociationsPerAddress: number;
  /** Time for the association request, and for the peer to close (PS3.8 §9.1.5). */
  readonly artimMs: number;
  /** Silence of the peer, while it is its turn, that ends an association. */
  readonly idleTimeoutMs: number;
}

export const defaultMaxPduLength = 131_072;

export const defaultLimits: Limits = {
  maxPduLength: defaultMaxPduLength,
  maxAssociations: 200,
  maxAssociationsPerAddress: 50,
  artimMs: 15_000,
  idleTimeoutMs: 120_000,
};
