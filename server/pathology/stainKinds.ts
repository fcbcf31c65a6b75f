/** What can be ordered on a block. */
export const stainKinds = ['recut', 'special', 'ihc', 'molecular', 'decalcification'] as const;
export type StainKind = (typeof stainKinds)[number];
