import type { SignatureAlgorithm } from './algorithm.ts';

/**
 * Whoever can put a person's signature under bytes. The built-in authority makes one from a certificate and a key
 * unlocked by the signing PIN (`builtInSigner.ts`); a licensed CA with UKey or signing server takes over by giving
 * another object of this shape, nothing else changes.
 */
export interface Signer {
  /** DER, the signer's own certificate first, the root last. */
  readonly certificateChain: readonly Uint8Array[];
  /** DER, one list per issuing authority of the chain, current at signing time. */
  readonly revocationLists: readonly Uint8Array[];
  readonly algorithm: SignatureAlgorithm;
  /** Signs the bytes (the digest is part of the algorithm) and answers a DER ECDSA or SM2 signature value. */
  sign(toBeSigned: Uint8Array): Promise<Uint8Array>;
  /** RFC 3161 token over a signature value, where the authority offers time stamps. */
  timestamp?(signatureValue: Uint8Array): Promise<Uint8Array>;
}
