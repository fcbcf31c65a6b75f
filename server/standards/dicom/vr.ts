/** Value representations of PS3.5 §6.2. */
const all = [
  'AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'OB', 'OD', 'OF', 'OL', 'OV', 'OW',
  'PN', 'SH', 'SL', 'SQ', 'SS', 'ST', 'SV', 'TM', 'UC', 'UI', 'UL', 'UN', 'UR', 'US', 'UT', 'UV',
] as const; // prettier-ignore

export type Vr = (typeof all)[number];

const known: ReadonlySet<string> = new Set(all);

/** Representation by its two characters as one big-endian number, as they stand in a data set. */
export const vrOfCode: ReadonlyMap<number, Vr> = new Map(
  all.map((vr) => [Buffer.from(vr).readUInt16BE(), vr]),
);

export function isVr(text: string): text is Vr {
  return known.has(text);
}

/** Explicit VR with 32-bit length behind two reserved bytes (PS3.5 §7.1.2). */
export const longLengthVrs: ReadonlySet<string> = new Set<Vr>([
  'OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV',
]); // prettier-ignore

/** Text that Specific Character Set applies to (PS3.5 §6.1.2.3). */
export const characterSetVrs: ReadonlySet<string> = new Set<Vr>(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/** One value even when it contains a backslash. */
export const singleValueTextVrs: ReadonlySet<string> = new Set<Vr>(['LT', 'ST', 'UR', 'UT']);

export const textVrs: ReadonlySet<string> = new Set<Vr>([
  'AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UI', 'UR', 'UT',
]); // prettier-ignore

/** Bytes per number of the binary numeric representations. */
export const binaryNumberSizes: Readonly<Partial<Record<Vr, 2 | 4 | 8>>> = {
  FD: 8, FL: 4, SL: 4, SS: 2, SV: 8, UL: 4, US: 2, UV: 8,
}; // prettier-ignore

/** Bytes per word of the opaque representations, for swapping big-endian values. */
export const wordSizes: Readonly<Partial<Record<Vr, 1 | 2 | 4 | 8>>> = {
  OB: 1, OD: 8, OF: 4, OL: 4, OV: 8, OW: 2, UN: 1,
}; // prettier-ignore
