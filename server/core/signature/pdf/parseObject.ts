import { PdfError, pdfName } from './objects.ts';
import type { PdfDictionary, PdfObject, PdfString } from './objects.ts';

const whitespace = new Set([0, 9, 10, 12, 13, 32]);
const delimiters = new Set([...'()<>[]{}/%'].map((sign) => sign.charCodeAt(0)));
const deepest = 64;

export interface ParsedObject {
  readonly value: PdfObject;
  readonly end: number;
}

export function skipWhitespace(bytes: Buffer, offset: number): number {
  let at = offset;
  for (;;) {
    const byte = bytes[at];
    if (byte === 0x25) {
      while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at += 1;
    } else if (byte !== undefined && whitespace.has(byte)) at += 1;
    else return at;
  }
}

/** A run of regular characters: number, keyword or the text of a name. */
export function readToken(bytes: Buffer, offset: number): { text: string; end: number } {
  let end = offset;
  for (
    let byte = bytes[end];
    byte !== undefined && !whitespace.has(byte) && !delimiters.has(byte);
    byte = bytes[end]
  ) {
    end += 1;
    if (end - offset > 256) throw new PdfError('token too long');
  }
  return { text: bytes.toString('latin1', offset, end), end };
}

/** Parses the object that starts at `offset`. Throws a `PdfError` for everything that is not one. */
export function parseObject(bytes: Buffer, offset: number, depth = 0): ParsedObject {
  if (depth > deepest) throw new PdfError('objects nested too deeply');
  const at = skipWhitespace(bytes, offset);
  const sign = bytes[at];
  if (sign === undefined) throw new PdfError('file ends inside an object');
  if (sign === 0x2f) return parseName(bytes, at);
  if (sign === 0x28) return parseLiteralString(bytes, at);
  if (sign === 0x5b) return parseArray(bytes, at, depth);
  if (sign === 0x3c)
    return bytes[at + 1] === 0x3c ? parseDictionary(bytes, at, depth) : parseHexString(bytes, at);
  const token = readToken(bytes, at);
  if (token.text === 'true' || token.text === 'false')
    return { value: token.text === 'true', end: token.end };
  if (token.text === 'null') return { value: null, end: token.end };
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(token.text)) throw new PdfError(`unexpected token at byte ${at}`);
  return parseReference(bytes, token) ?? { value: Number(token.text), end: token.end };
}

function parseReference(bytes: Buffer, number: { text: string; end: number }): ParsedObject | undefined {
  if (!/^\d{1,9}$/.test(number.text)) return undefined;
  const generation = readToken(bytes, skipWhitespace(bytes, number.end));
  if (!/^\d{1,5}$/.test(generation.text)) return undefined;
  const mark = readToken(bytes, skipWhitespace(bytes, generation.end));
  if (mark.text !== 'R') return undefined;
  return {
    value: { kind: 'reference', number: Number(number.text), generation: Number(generation.text) },
    end: mark.end,
  };
}

function parseName(bytes: Buffer, at: number): ParsedObject {
  const { name, end } = readName(bytes, at);
  return { value: pdfName(name), end };
}

function readName(bytes: Buffer, at: number): { name: string; end: number } {
  const token = readToken(bytes, at + 1);
  const name = token.text.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return { name, end: token.end };
}

function parseArray(bytes: Buffer, at: number, depth: number): ParsedObject {
  const values: PdfObject[] = [];
  let next = skipWhitespace(bytes, at + 1);
  while (bytes[next] !== 0x5d) {
    const entry = parseObject(bytes, next, depth + 1);
    values.push(entry.value);
    next = skipWhitespace(bytes, entry.end);
  }
  return { value: values, end: next + 1 };
}

function parseDictionary(bytes: Buffer, at: number, depth: number): ParsedObject {
  const dictionary: PdfDictionary = new Map();
  let next = skipWhitespace(bytes, at + 2);
  while (bytes[next] !== 0x3e) {
    if (bytes[next] !== 0x2f) throw new PdfError(`name expected at byte ${next}`);
    const key = readName(bytes, next);
    const entry = parseObject(bytes, key.end, depth + 1);
    if (dictionary.has(key.name)) throw new PdfError(`/${key.name} stands twice in one dictionary`);
    dictionary.set(key.name, entry.value);
    next = skipWhitespace(bytes, entry.end);
  }
  if (bytes[next + 1] !== 0x3e) throw new PdfError('dictionary not closed');
  return { value: dictionary, end: next + 2 };
}

function parseHexString(bytes: Buffer, at: number): ParsedObject {
  const close = bytes.indexOf(0x3e, at);
  if (close < 0) throw new PdfError('string not closed');
  const digits = bytes.toString('latin1', at + 1, close).replace(/\s/g, '');
  if (!/^[0-9a-fA-F]*$/.test(digits)) throw new PdfError('string is not hexadecimal');
  const value: PdfString = {
    kind: 'string',
    bytes: Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex'),
    hexadecimal: true,
    start: at,
    end: close + 1,
  };
  return { value, end: close + 1 };
}

const literalEscapes: Record<string, number> = { n: 10, r: 13, t: 9, b: 8, f: 12 };

function parseLiteralString(bytes: Buffer, at: number): ParsedObject {
  const out: number[] = [];
  let open = 1;
  let next = at + 1;
  for (; open > 0; next += 1) {
    const byte = bytes[next];
    if (byte === undefined) throw new PdfError('string not closed');
    if (byte === 0x5c) {
      const octal = /^[0-7]{1,3}/.exec(bytes.toString('latin1', next + 1, next + 4))?.[0];
      const escaped = bytes[next + 1];
      if (escaped === undefined) throw new PdfError('string not closed');
      next += octal?.length ?? 1;
      if (octal) out.push(parseInt(octal, 8) & 0xff);
      else if (escaped === 13 && bytes[next + 1] === 10) next += 1;
      else if (escaped !== 10 && escaped !== 13)
        out.push(literalEscapes[String.fromCharCode(escaped)] ?? escaped);
      continue;
    }
    if (byte === 0x28) open += 1;
    if (byte === 0x29) open -= 1;
    if (open > 0) out.push(byte);
  }
  return {
    value: { kind: 'string', bytes: Buffer.from(out), hexadecimal: false, start: at, end: next },
    end: next,
  };
}
