import { XMLParser } from 'fast-xml-parser';
import { UnreadableRecording } from './model.ts';
import type { ReadingNote } from './model.ts';

export type XmlNode = { [name: string]: XmlNode | XmlNode[] | string | undefined };

const maximumBytes = 64 * 1024 * 1024;

/** Decodes by byte order mark, then by declaration; a wrong declaration falls back to GB18030 with a note. */
export function decodeXml(bytes: Uint8Array, notes: ReadingNote[]): string {
  if (bytes.byteLength > maximumBytes) throw new UnreadableRecording('XML larger than 64 MB');
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  if (a === 0x3c && b === 0) return new TextDecoder('utf-16le').decode(bytes);
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(200, bytes.byteLength)).toString(
    'latin1',
  );
  const declared = /encoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8';
  const wanted = /^(gbk|gb2312|gb_2312.*|gb18030|x-gbk|cp936)$/.test(declared)
    ? 'gb18030'
    : declared.startsWith('utf-16')
      ? 'utf-8'
      : declared;
  for (const encoding of [wanted, 'utf-8', 'gb18030']) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (encoding !== wanted)
        notes.push({ code: 'text-charset-guessed', detail: `${declared} → ${encoding}` });
      return text;
    } catch {
      // undecodable in this encoding, or an encoding name nobody knows: try the next
    }
  }
  notes.push({ code: 'text-charset-guessed', detail: `${declared} → latin1` });
  return new TextDecoder('latin1').decode(bytes);
}

/**
 * Parses XML of a device. Document types and entity declarations are refused before the parser sees the
 * text, so neither external entities nor expansion bombs exist for it.
 */
export function parseXml(text: string): XmlNode {
  if (/<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST)/i.test(text))
    throw new UnreadableRecording('XML with a document type or entity declaration is refused', 'refused');
  try {
    return parser.parse(text) as XmlNode;
  } catch (cause) {
    throw new UnreadableRecording(`XML is damaged: ${(cause as Error).message}`, 'damaged', { cause });
  }
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  trimValues: true,
  tagValueProcessor: (_name, value) => decodeEntities(value),
  attributeValueProcessor: (_name, value) => decodeEntities(value),
});

const named: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decodeEntities(value: string): string {
  if (!value.includes('&')) return value;
  return value.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|lt|gt|amp|quot|apos);/gi, (whole, body: string) => {
    if (!body.startsWith('#')) return named[body.toLowerCase()] ?? whole;
    const code =
      body[1]?.toLowerCase() === 'x'
        ? Number.parseInt(body.slice(2), 16)
        : Number.parseInt(body.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Children of one name, always as a list. */
export function children(node: XmlNode | undefined, name: string): XmlNode[] {
  const value = node?.[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map((entry) =>
    typeof entry === 'string' ? { '#text': entry } : entry,
  );
}

/** First descendant along a path of names. */
export function child(node: XmlNode | undefined, ...path: string[]): XmlNode | undefined {
  let current = node;
  for (const name of path) {
    current = children(current, name)[0];
    if (!current) return undefined;
  }
  return current;
}

export function attribute(node: XmlNode | undefined, name: string): string | undefined {
  const value = node?.[`@${name}`];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Text of the element at a path, undefined when absent or empty. */
export function textOf(node: XmlNode | undefined, ...path: string[]): string | undefined {
  const found = path.length === 0 ? node : child(node, ...path);
  const value = found?.['#text'];
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' ? undefined : text;
}

export function numberOf(node: XmlNode | undefined, ...path: string[]): number | undefined {
  return finite(textOf(node, ...path));
}

export function finite(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Head of an XML file as ASCII, whatever its width, for `matches`. */
export function xmlHead(head: Uint8Array): string {
  const text = Buffer.from(head.buffer, head.byteOffset, head.byteLength).toString('latin1');
  return text.replaceAll('\0', '');
}

/** An object without its undefined fields; their types become optional. */
export type Compact<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

export function compact<T extends object>(value: T): Compact<T> {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as Compact<T>;
}
