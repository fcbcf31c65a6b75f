/**
 * Code extensions of PS3.5 §6.1.2.5: text that switches character sets by escape sequences.
 * Each set is decoded by a coding of the platform that contains it: JIS X 0208/0212 by EUC-JP, KS X 1001 by EUC-KR, GB 2312 by GB18030.
 */
interface Designation {
  half: 'g0' | 'g1';
  decode: (bytes: Uint8Array) => string;
  /** G0 sets of two-byte characters: bytes of the delimiters are then part of characters. */
  wide?: boolean;
}

function coding(label: string): (bytes: Uint8Array) => string {
  const decoder = new TextDecoder(label);
  return (bytes) => decoder.decode(bytes);
}

const ascii = coding('latin1');
const eucJp = coding('euc-jp');

function highBitSet(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes, (byte) => byte | 0x80);
}

/** JIS X 0212 is the third code set of EUC-JP: each pair behind 0x8F. */
function jisX0212(bytes: Uint8Array): string {
  const euc: number[] = [];
  for (let i = 0; i + 1 < bytes.length; i += 2)
    euc.push(0x8f, (bytes[i] ?? 0) | 0x80, (bytes[i + 1] ?? 0) | 0x80);
  return eucJp(Uint8Array.from(euc));
}

/** Escape sequences of PS3.3 Tables C.12-3 and C.12-4, without the ESC byte. */
const designations: ReadonlyMap<string, Designation> = new Map<string, Designation>([
  ['(B', { half: 'g0', decode: ascii }],
  ['(J', { half: 'g0', decode: ascii }],
  [')I', { half: 'g1', decode: coding('shift_jis') }],
  ['-A', { half: 'g1', decode: coding('latin1') }],
  ['-B', { half: 'g1', decode: coding('iso-8859-2') }],
  ['-C', { half: 'g1', decode: coding('iso-8859-3') }],
  ['-D', { half: 'g1', decode: coding('iso-8859-4') }],
  ['-L', { half: 'g1', decode: coding('iso-8859-5') }],
  ['-G', { half: 'g1', decode: coding('iso-8859-6') }],
  ['-F', { half: 'g1', decode: coding('iso-8859-7') }],
  ['-H', { half: 'g1', decode: coding('iso-8859-8') }],
  ['-M', { half: 'g1', decode: coding('windows-1254') }],
  ['-b', { half: 'g1', decode: coding('iso-8859-15') }],
  ['-T', { half: 'g1', decode: coding('windows-874') }],
  ['$B', { half: 'g0', decode: (bytes) => eucJp(highBitSet(bytes)), wide: true }],
  ['$@', { half: 'g0', decode: (bytes) => eucJp(highBitSet(bytes)), wide: true }],
  ['$(D', { half: 'g0', decode: jisX0212, wide: true }],
  ['$)C', { half: 'g1', decode: coding('euc-kr') }],
  ['$)A', { half: 'g1', decode: coding('gb18030') }],
]);

const asciiDesignation: Designation = { half: 'g0', decode: ascii };

/** G1 that is in force before any escape sequence, by defined term of the first value of Specific Character Set. */
const initialG1: Readonly<Record<string, string>> = {
  '13': ')I',
  '100': '-A',
  '101': '-B',
  '109': '-C',
  '110': '-D',
  '144': '-L',
  '127': '-G',
  '126': '-F',
  '138': '-H',
  '148': '-M',
  '203': '-b',
  '166': '-T',
  '149': '$)C',
  '58': '$)A',
};

function readEscape(bytes: Uint8Array, at: number): { designation: Designation; length: number } | undefined {
  for (const length of [2, 3]) {
    const key = String.fromCharCode(...bytes.subarray(at + 1, at + 1 + length));
    const designation = designations.get(key);
    if (designation !== undefined) return { designation, length: length + 1 };
  }
  return undefined;
}

/**
 * Decodes one element value that may hold escape sequences. The sets fall back to the initial ones at each delimiter
 * (PS3.5 §6.1.2.5.3): backslash and control characters, in person names also `^` and `=`.
 */
export function decodeIso2022(
  bytes: Uint8Array,
  initialSet: string | undefined,
  isPersonName: boolean,
): string {
  const firstG1 = initialSet === undefined ? undefined : designations.get(initialG1[initialSet] ?? '');
  let g0 = asciiDesignation;
  let g1 = firstG1;
  let text = '';
  let i = 0;
  while (i < bytes.length) {
    const byte = bytes[i] ?? 0;
    if (byte === 0x1b) {
      const escape = readEscape(bytes, i);
      if (escape === undefined) {
        i += 1;
        continue;
      }
      if (escape.designation.half === 'g0') g0 = escape.designation;
      else g1 = escape.designation;
      i += escape.length;
      continue;
    }
    const start = i;
    if (byte >= 0x80) {
      while (i < bytes.length && (bytes[i] ?? 0) >= 0x80) i++;
      text += (g1?.decode ?? ascii)(bytes.subarray(start, i));
    } else if (g0.wide === true && byte >= 0x21) {
      while (i < bytes.length && (bytes[i] ?? 0) >= 0x21 && (bytes[i] ?? 0) < 0x80) i++;
      text += g0.decode(bytes.subarray(start, i));
    } else {
      i++;
      text += String.fromCharCode(byte);
      const nameDelimiter = isPersonName && (byte === 0x5e || byte === 0x3d);
      if (byte === 0x5c || nameDelimiter || (byte >= 0x09 && byte <= 0x0d)) {
        g0 = asciiDesignation;
        g1 = firstG1;
      }
    }
  }
  return text;
}
