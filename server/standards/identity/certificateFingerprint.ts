const bare = (text: string) => text.replace(/[\s:-]/g, '').toUpperCase();

/** Whether a text is the SHA-256 fingerprint of a certificate, with or without colons, in either case. */
export const isFingerprint = (text: string): boolean => /^[0-9A-F]{64}$/.test(bare(text));

/** Whether a stored fingerprint, as people paste it, is the one that a peer showed. */
export const sameFingerprint = (stored: string, shown: string | undefined): boolean =>
  shown !== undefined && bare(stored) === bare(shown);
