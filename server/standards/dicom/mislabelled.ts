/**
 * Text whose bytes contradict its declared character set. Chinese devices often write GBK (or UTF-8) and declare ISO_IR 100 or nothing.
 * The judgement is by the bytes alone and is shown to a person as a doubt; the bytes themselves stay as they came.
 */
const strict = {
  'utf-8': new TextDecoder('utf-8', { fatal: true }),
  gbk: new TextDecoder('gb18030', { fatal: true }),
};

export function hasHighBytes(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte >= 0x80) return true;
  return false;
}

/** Undefined where a byte does not belong to the coding. */
export function decodeStrictly(coding: 'utf-8' | 'gbk', bytes: Uint8Array): string | undefined {
  try {
    return strict[coding].decode(bytes);
  } catch {
    return undefined;
  }
}

export function isUtf8(bytes: Uint8Array): boolean {
  return decodeStrictly('utf-8', bytes) !== undefined;
}

/** UTF-8 with characters of three or more bytes: a pair such as C3 A9 is also a common Chinese character in GBK. */
export function looksLikeUtf8(bytes: Uint8Array): boolean {
  const text = decodeStrictly('utf-8', bytes);
  return text !== undefined && /[\u0800-\u{10ffff}]/u.test(text);
}

const chineseOnly =
  /^[\p{ASCII}\u00b7\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef\u{20000}-\u{323af}]*$/u;

/** Pairs within GB 2312 level 1 and 2 (both bytes high): what nearly every Chinese name has and Western text has not in a row. */
function countGb2312Pairs(bytes: Uint8Array): number {
  let pairs = 0;
  for (let i = 0; i < bytes.length; i++) {
    const lead = bytes[i] ?? 0;
    if (lead < 0x81) continue;
    const trail = bytes[i + 1] ?? 0;
    if (lead >= 0xb0 && lead <= 0xf7 && trail >= 0xa1) pairs++;
    i++;
  }
  return pairs;
}

/**
 * True where the bytes are Chinese in GBK/GB18030 rather than a Western single-byte set: they decode without fault to Chinese characters only, at least
 * one of them with two high bytes, and no lower-case Latin letter touches them ("Größe" would otherwise hold one).
 */
export function looksLikeGbk(bytes: Uint8Array): boolean {
  const text = decodeStrictly('gbk', bytes);
  if (text === undefined || !chineseOnly.test(text)) return false;
  const pairs = countGb2312Pairs(bytes);
  if (pairs === 0) return false;
  return !/[a-z]\P{ASCII}|\P{ASCII}[a-z]/u.test(text) || pairs >= 4;
}
