import { constants, inflateRawSync } from 'node:zlib';
import type { Encoding } from './dataSet.ts';
import { DataSet } from './dataSet.ts';
import { vrOf } from './dictionary.ts';
import { DicomError } from './errors.ts';
import type { ParsedElement, ParserStream } from './parser.ts';
import { parser, parserKey, vrOfKey } from './parser.ts';
import { tags } from './tags.ts';
import { isDeflated, transferSyntaxes } from './uids.ts';
import type { Vr } from './vr.ts';
import { isVr, longLengthVrs, vrOfCode } from './vr.ts';

/** Where the value of (Float/Double Float) Pixel Data lies. */
export interface PixelDataPlace {
  readonly tag: number;
  readonly vr: Vr;
  /** Offset of the value, in the bytes that were read (inflated ones for deflated transfer syntaxes). */
  readonly offset: number;
  /** Undefined: encapsulated, a sequence of fragments up to a delimiter. */
  readonly length: number | undefined;
}

export interface ReadDataSet {
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  readonly pixelData: PixelDataPlace | undefined;
  /** False where the bytes ended inside the header: read again with more of them. Only possible with `complete: false`. */
  readonly headerComplete: boolean;
  /** The bytes that offsets count in: those given, or the inflated ones. */
  readonly source: Buffer;
  /** End of what was read: the pixel data element's value, or the end of the data set. */
  readonly end: number;
}

export interface ReadDataSetOptions {
  /** Whether `bytes` is the whole data set; false when it is the first part of one (default true). */
  readonly complete?: boolean;
  /** Offset to start at (default 0). */
  readonly offset?: number;
  /** Most bytes that a deflated data set may grow to (default 64 MiB). */
  readonly maxInflatedBytes?: number;
  /** How the bytes are really coded, where that contradicts the transfer syntax. */
  readonly encoding?: Encoding;
  /** Read elements behind pixel data too, and its value as an ordinary element (default false: stop at pixel data). */
  readonly throughPixelData?: boolean;
}

const undefinedLength = 0xffffffff;
const pixelDataTags: ReadonlySet<number> = new Set([
  tags.pixelData,
  tags.floatPixelData,
  tags.doubleFloatPixelData,
]);

/** Inflates a raw deflate stream (or its first part), refusing one that grows beyond the limit. */
export function inflateDataSet(bytes: Buffer, maxInflatedBytes = 64 * 1024 * 1024): Buffer {
  try {
    return inflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: maxInflatedBytes });
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE')
      throw new DicomError('too-large', `deflated data set grows beyond ${maxInflatedBytes} bytes`, {
        cause,
      });
    throw new DicomError('malformed', 'deflated data set cannot be inflated', { cause });
  }
}

export function encodingOf(transferSyntax: string): Encoding {
  return {
    explicitVr: transferSyntax !== transferSyntaxes.implicitLittleEndian,
    bigEndian: transferSyntax === transferSyntaxes.explicitBigEndian,
  };
}

/**
 * Reads a data set up to pixel data (PS3.5 §7): no preamble, no file meta information. Works on the first part of an object too (`complete: false`).
 * @throws DicomError `truncated` when a complete data set is cut inside the header, `malformed`, `too-large`
 */
export function readDataSet(
  bytes: Buffer,
  transferSyntax: string,
  options: ReadDataSetOptions = {},
): ReadDataSet {
  const { complete = true, maxInflatedBytes } = options;
  let source = bytes;
  let offset = options.offset ?? 0;
  if (isDeflated(transferSyntax)) {
    source = inflateDataSet(bytes.subarray(offset), maxInflatedBytes);
    offset = 0;
  }
  const encoding = options.encoding ?? encodingOf(transferSyntax);
  const walk = walkElements(source, offset, encoding, options.throughPixelData === true);
  if (walk.cut && complete)
    throw new DicomError('truncated', `data set ends inside element ${walk.lastTag}`, {
      cause: new PartialDataSet(new DataSet({ elements: walk.elements }, source, encoding)),
    });
  return {
    dataSet: new DataSet({ elements: walk.elements }, source, encoding),
    transferSyntax,
    pixelData: walk.pixelData,
    headerComplete: !walk.cut,
    source,
    end: walk.end,
  };
}

/** `cause` of a `truncated` DicomError: what could be read before the cut, so that a person sees whose object it was. */
export class PartialDataSet extends Error {
  readonly dataSet: DataSet;

  constructor(dataSet: DataSet) {
    super('partial data set');
    this.dataSet = dataSet;
  }
}

interface Walk {
  elements: Record<string, ParsedElement>;
  pixelData: PixelDataPlace | undefined;
  cut: boolean;
  lastTag: string;
  end: number;
}

function walkElements(source: Buffer, offset: number, encoding: Encoding, throughPixelData: boolean): Walk {
  const walk: Walk = { elements: {}, pixelData: undefined, cut: false, lastTag: 'none', end: offset };
  if (offset >= source.length) return walk;
  const arrayParser = encoding.bigEndian
    ? parser.bigEndianByteArrayParser
    : parser.littleEndianByteArrayParser;
  const stream = new parser.ByteStream(arrayParser, source, offset);
  const warnings: string[] = [];
  while (stream.position < source.length) {
    const head = readElementHead(source, stream.position, encoding);
    if (head === undefined) {
      walk.cut = !onlyPadding(source, stream.position);
      break;
    }
    walk.lastTag = head.tag.toString(16).padStart(8, '0');
    if (pixelDataTags.has(head.tag) && !throughPixelData) {
      const length = head.length === undefinedLength ? undefined : head.length;
      walk.pixelData = { tag: head.tag, vr: isVr(head.vr) ? head.vr : 'OW', offset: head.dataOffset, length };
      walk.end = head.dataOffset;
      return walk;
    }
    const element = readElement(source, stream, head, encoding, warnings);
    if (element === undefined || stream.position > source.length) {
      walk.cut = true;
      break;
    }
    walk.elements[parserKey(head.tag)] = element;
    walk.end = stream.position;
  }
  return walk;
}

interface ElementHead {
  tag: number;
  vr: string;
  length: number;
  dataOffset: number;
}

function readElementHead(
  source: Buffer,
  at: number,
  { explicitVr, bigEndian }: Encoding,
): ElementHead | undefined {
  if (at + 8 > source.length) return undefined;
  const tag = bigEndian
    ? source.readUInt16BE(at) * 0x10000 + source.readUInt16BE(at + 2)
    : source.readUInt16LE(at) * 0x10000 + source.readUInt16LE(at + 2);
  if (!explicitVr || tag >= tags.item) {
    const length = bigEndian ? source.readUInt32BE(at + 4) : source.readUInt32LE(at + 4);
    return { tag, vr: vrOf(tag) ?? 'UN', length, dataOffset: at + 8 };
  }
  const vr = vrOfCode.get(source.readUInt16BE(at + 4)) ?? '';
  if (!longLengthVrs.has(vr)) {
    const length = bigEndian ? source.readUInt16BE(at + 6) : source.readUInt16LE(at + 6);
    return { tag, vr, length, dataOffset: at + 8 };
  }
  if (at + 12 > source.length) return undefined;
  return {
    tag,
    vr,
    length: bigEndian ? source.readUInt32BE(at + 8) : source.readUInt32LE(at + 8),
    dataOffset: at + 12,
  };
}

/** Sequences, and in implicit data sets what no dictionary knows: the parser looks into the bytes. */
function mayNest(head: ElementHead, encoding: Encoding): boolean {
  return head.vr === 'SQ' || (!encoding.explicitVr && head.vr === 'UN');
}

/** One element with everything nested in it; undefined where the bytes end inside it. */
function readElement(
  source: Buffer,
  stream: ParserStream,
  head: ElementHead,
  encoding: Encoding,
  warnings: string[],
): ParsedElement | undefined {
  if (head.length !== undefinedLength && head.dataOffset + head.length > source.length) return undefined;
  if (encoding.explicitVr && head.vr === '' && head.tag < tags.item)
    throw new DicomError(
      'malformed',
      `element ${head.tag.toString(16).padStart(8, '0')} has no known value representation`,
    );
  if (head.length !== undefinedLength && !mayNest(head, encoding)) {
    stream.position = head.dataOffset + head.length;
    return { tag: parserKey(head.tag), vr: head.vr, length: head.length, dataOffset: head.dataOffset };
  }
  const before = stream.warnings.length + warnings.length;
  try {
    const element = encoding.explicitVr
      ? parser.readDicomElementExplicit(stream, warnings)
      : parser.readDicomElementImplicit(stream, undefined, vrOfKey);
    const warned = stream.warnings.length + warnings.length > before;
    if (head.length === undefinedLength && endsWithoutDelimiter(source, stream, warned)) return undefined;
    return element;
  } catch (cause) {
    if (ranPastEnd(cause)) return undefined;
    throw new DicomError('malformed', `element ${head.tag.toString(16).padStart(8, '0')} cannot be read`, {
      cause,
    });
  }
}

/** An undefined length that found no delimiter runs to the end of the bytes, with a warning or without. */
function endsWithoutDelimiter(source: Buffer, stream: ParserStream, warned: boolean): boolean {
  if (stream.position < source.length - 3) return false;
  if (warned || stream.position < 8) return true;
  const group = source.readUInt16LE(stream.position - 8);
  return group !== 0xfffe && group !== 0xfeff;
}

function ranPastEnd(cause: unknown): boolean {
  return (
    typeof cause === 'string' &&
    /past end|overread|invalid value for parameter 'max|buffer overrun/.test(cause)
  );
}

/** Fewer than eight bytes, all zero, at the end: padding that some writers leave. */
function onlyPadding(source: Buffer, from: number): boolean {
  return source.subarray(from).every((byte) => byte === 0);
}
