import iconv from 'iconv-lite';

export interface DecodedText {
  text: string;
  /** What the bytes turned out to be. */
  charset: string;
  /** MSH-18 as sent, empty when absent. */
  declared: string;
  /** True when MSH-18 named one character set and the bytes were another, or could not be decoded whole. */
  suspicious: boolean;
}

const aliases: Record<string, string> = {
  UNICODE: 'utf-8',
  'UNICODE UTF-8': 'utf-8',
  'UTF-8': 'utf-8',
  UTF8: 'utf-8',
  'UNICODE UTF-16': 'utf-16le',
  'GB 18030-2000': 'gb18030',
  'GB 18030-2005': 'gb18030',
  'GB18030-2000': 'gb18030',
  GB18030: 'gb18030',
  GBK: 'gb18030',
  GB2312: 'gb18030',
  CP936: 'gb18030',
  '8859/1': 'iso-8859-1',
  'ISO-8859-1': 'iso-8859-1',
  ASCII: 'us-ascii',
  'ISO IR6': 'us-ascii',
  'BIG-5': 'big5',
  BIG5: 'big5',
};

/** The encoding behind an MSH-18 value as seen in the field; undefined when unknown or empty. */
export function charsetOf(declared: string): string | undefined {
  return aliases[declared.trim().toUpperCase()];
}

/** What to write into MSH-18 for a character set (HL7 table 0211). */
export function msh18Of(charset: string): string {
  if (charset === 'gb18030') return 'GB 18030-2000';
  if (charset === 'iso-8859-1') return '8859/1';
  if (charset === 'us-ascii') return 'ASCII';
  return 'UNICODE UTF-8';
}

/** Signs that a message in UTF-8 may hold without any Chinese: units, powers, Greek letters of tests. */
const SIGNS = new Set('µμ°²³¹×±·÷½¼¾§αβγδεκλπσφωΔΩΣ');

/**
 * UTF-8 or GB18030 for bytes that do not say: UTF-8 when every byte fits, unless that reading is made of nothing but
 * two-byte characters where GB18030 reads Chinese. 谢石 in GB18030 fits UTF-8 as well, and would become лʯ.
 */
export function decodeUnlabelled(
  bytes: Uint8Array,
): { text: string; charset: 'utf-8' | 'gb18030' } | undefined {
  const utf8 = decodeStrict(bytes, 'utf-8');
  if (utf8 !== undefined && !looksLikeChinese(bytes, utf8)) return { text: utf8, charset: 'utf-8' };
  const text = decodeStrict(bytes, 'gb18030');
  return text === undefined ? undefined : { text, charset: 'gb18030' };
}

function looksLikeChinese(bytes: Uint8Array, utf8: string): boolean {
  const foreign = utf8.match(/\P{ASCII}/gu) ?? [];
  if (foreign.every((sign) => SIGNS.has(sign)) || !foreign.every((sign) => sign <= '\u07ff')) return false;
  // A letter of Latin, Greek or Cyrillic script stands in a word; a Chinese name does not lean on Latin letters.
  if (/[A-Za-z][\u00c0-\u024f]|[\u00c0-\u024f][A-Za-z]/.test(utf8)) return false;
  const chinese = decodeStrict(bytes, 'gb18030')?.match(/\P{ASCII}/gu);
  return chinese !== undefined && (chinese ?? []).every((sign) => /\p{Script=Han}/u.test(sign));
}

/**
 * Turns message bytes into text: MSH-18 when it holds, else UTF-8 when every byte fits, else GB18030.
 * Must run before any splitting: in GBK the second byte of 126 characters is one of `| ^ ~ \`.
 */
export function decodeMessage(bytes: Uint8Array): DecodedText {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer[0] === 0xff && buffer[1] === 0xfe)
    return {
      text: buffer.subarray(2).toString('utf16le'),
      charset: 'utf-16le',
      declared: '',
      suspicious: false,
    };
  const declared = declaredCharset(buffer);
  const named = charsetOf(declared);
  const ascii = isAscii(buffer);
  if (ascii)
    return { text: buffer.toString('latin1'), charset: named ?? 'us-ascii', declared, suspicious: false };
  const candidates = new Set<string>();
  // A wrong 8859/1 or ASCII label over Chinese bytes is common; either would decode anything without complaint.
  if (named === 'iso-8859-1' || named === 'us-ascii')
    candidates.add('utf-8').add(named === 'us-ascii' ? 'gb18030' : named);
  else if (named) candidates.add(named);
  candidates.add('utf-8').add('gb18030');
  if (named === undefined || named === 'us-ascii') {
    const guess = decodeUnlabelled(buffer);
    if (guess) return { ...guess, declared, suspicious: named !== undefined };
  }
  for (const charset of candidates) {
    const text = decodeStrict(buffer, charset);
    if (text !== undefined)
      return { text, charset, declared, suspicious: named !== undefined && named !== charset };
  }
  const fallback = named ?? 'gb18030';
  return {
    text: new TextDecoder(fallback === 'us-ascii' ? 'utf-8' : fallback).decode(buffer),
    charset: fallback,
    declared,
    suspicious: true,
  };
}

/** Text to bytes. Characters that the character set lacks become `?` (never a wrong character). */
export function encodeText(text: string, charset: string): Buffer {
  if (charset === 'gb18030' || charset === 'iso-8859-1' || charset === 'big5' || charset === 'utf-16le')
    return iconv.encode(text, charset);
  if (charset === 'us-ascii') return Buffer.from(text.replace(/\P{ASCII}/gu, '?'), 'latin1');
  return Buffer.from(text, 'utf8');
}

/** Decodes or answers undefined when a byte does not fit. */
export function decodeStrict(bytes: Uint8Array, charset: string): string | undefined {
  try {
    return new TextDecoder(charset === 'iso-8859-1' ? 'latin1' : charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function declaredCharset(buffer: Buffer): string {
  const ends = [buffer.indexOf(0x0d), buffer.indexOf(0x0a)].filter((at) => at >= 0);
  const end = Math.min(...ends, buffer.length, 4096);
  const header = buffer.subarray(0, end);
  // MSH-3..6 may themselves be Chinese, so even this line is decoded before it is split.
  const text = decodeStrict(header, 'utf-8') ?? new TextDecoder('gb18030').decode(header);
  const start = text.indexOf('MSH');
  const separator = text[start + 3];
  if (start < 0 || separator === undefined) return '';
  const field = text.slice(start).split(separator)[17] ?? '';
  return (field.split('~')[0] ?? '').trim();
}

function isAscii(buffer: Buffer): boolean {
  for (const byte of buffer) if (byte > 0x7f) return false;
  return true;
}
