import type { DataSet, Encoding } from './dataSet.ts';
import { DicomError } from './errors.ts';
import type { ReadDataSet, ReadDataSetOptions } from './readDataSet.ts';
import { encodingOf, readDataSet } from './readDataSet.ts';
import { tags } from './tags.ts';
import { transferSyntaxes } from './uids.ts';
import { isVr } from './vr.ts';

/** What is not as PS3.10 wants it, though readable. */
export type HeaderRemark =
  'no-preamble' | 'no-file-meta' | 'transfer-syntax-guessed' | 'transfer-syntax-wrong';

export interface Header extends ReadDataSet {
  /** File meta information (group 0002); undefined where the file has none. */
  readonly meta: DataSet | undefined;
  /** Offset of the first byte of the data set in the file. */
  readonly dataSetOffset: number;
  readonly remarks: readonly HeaderRemark[];
}

/**
 * Reads a DICOM file (PS3.10 §7) up to pixel data: with or without preamble and file meta information, in every transfer syntax.
 * Give the whole file, or its first part with `complete: false`.
 * @throws DicomError `not-dicom` when the bytes are something else, `truncated`, `malformed`, `too-large`
 */
export function readHeader(bytes: Buffer, options: Omit<ReadDataSetOptions, 'offset'> = {}): Header {
  const remarks: HeaderRemark[] = [];
  const metaOffset = findFileMeta(bytes);
  if (metaOffset === undefined) remarks.push('no-preamble', 'no-file-meta');
  else if (metaOffset < 132) remarks.push('no-preamble');
  const meta = metaOffset === undefined ? undefined : readFileMeta(bytes, metaOffset);
  const dataSetOffset = meta?.end ?? 0;
  const named = meta?.dataSet.string(tags.transferSyntaxUid);
  const seen = guessTransferSyntax(bytes, dataSetOffset);
  if (seen === undefined && meta === undefined)
    throw new DicomError('not-dicom', 'the bytes are not a DICOM file or data set');
  const transferSyntax = named ?? seen ?? transferSyntaxes.implicitLittleEndian;
  const wrong = named !== undefined && seen !== undefined && contradicts(named, seen);
  if (named === undefined) remarks.push('transfer-syntax-guessed');
  if (wrong) remarks.push('transfer-syntax-wrong');
  const encoding = wrong ? { encoding: encodingOf(seen) } : {};
  const read = readDataSet(bytes, transferSyntax, { ...options, ...encoding, offset: dataSetOffset });
  if (read.dataSet.elements().length === 0 && read.headerComplete && read.pixelData === undefined)
    throw new DicomError('not-dicom', 'the file holds no data elements');
  return { ...read, meta: meta?.dataSet, dataSetOffset, remarks };
}

/** Offset of the first file meta element; undefined where there is none. */
function findFileMeta(bytes: Buffer): number | undefined {
  if (bytes.length >= 132 && bytes.toString('latin1', 128, 132) === 'DICM') return 132;
  if (bytes.toString('latin1', 0, 4) === 'DICM') return 4;
  if (bytes.length >= 8 && bytes.readUInt16LE(0) === 0x0002 && isVr(bytes.toString('latin1', 4, 6))) return 0;
  return undefined;
}

/**
 * Group 0002 is always explicit little endian (PS3.10 §7.1); some writers use implicit. Its end is found by the first element of another group, because
 * the group length is wrong or missing in real files.
 */
function readFileMeta(bytes: Buffer, offset: number): { dataSet: DataSet; end: number } {
  const explicit = bytes.length < offset + 6 || isVr(bytes.toString('latin1', offset + 4, offset + 6));
  let end = offset;
  while (end + 8 <= bytes.length && bytes.readUInt16LE(end) === 0x0002) {
    const vr = bytes.toString('latin1', end + 4, end + 6);
    const long = explicit && (vr === 'OB' || vr === 'UN' || vr === 'UT');
    if (long && end + 12 > bytes.length) break;
    const length = long
      ? bytes.readUInt32LE(end + 8)
      : explicit
        ? bytes.readUInt16LE(end + 6)
        : bytes.readUInt32LE(end + 4);
    const next = end + (long ? 12 : 8) + length;
    if (next > bytes.length)
      throw new DicomError('truncated', 'the file ends inside its file meta information');
    end = next;
  }
  const syntax = explicit ? transferSyntaxes.explicitLittleEndian : transferSyntaxes.implicitLittleEndian;
  return { dataSet: readDataSet(bytes.subarray(0, end), syntax, { offset }).dataSet, end };
}

/** How a bare data set is really coded, where its first element contradicts the transfer syntax that was agreed for it. */
export function contradictingEncoding(bytes: Buffer, transferSyntax: string): Encoding | undefined {
  const seen = guessTransferSyntax(bytes, 0);
  return seen !== undefined && contradicts(transferSyntax, seen) ? encodingOf(seen) : undefined;
}

const firstGroups: ReadonlySet<number> = new Set([0x0004, 0x0008, 0x0010]);

/** Coding of a bare data set by its first element; undefined where it is none (or deflated). */
function guessTransferSyntax(bytes: Buffer, at: number): string | undefined {
  if (bytes.length < at + 8) return undefined;
  const vr = bytes.toString('latin1', at + 4, at + 6);
  if (firstGroups.has(bytes.readUInt16BE(at)) && bytes.readUInt16BE(at) !== 0 && isVr(vr))
    return transferSyntaxes.explicitBigEndian;
  if (!firstGroups.has(bytes.readUInt16LE(at))) return undefined;
  if (isVr(vr)) return transferSyntaxes.explicitLittleEndian;
  return bytes.readUInt32LE(at + 4) < 0x10000 ? transferSyntaxes.implicitLittleEndian : undefined;
}

/** The named syntax cannot be what the first element shows: a data set said to be explicit but written implicit, or the reverse, or of other byte order. */
function contradicts(named: string, seen: string): boolean {
  const { implicitLittleEndian, explicitBigEndian, deflatedExplicitLittleEndian } = transferSyntaxes;
  if (named === deflatedExplicitLittleEndian) return false;
  return (
    (named === implicitLittleEndian) !== (seen === implicitLittleEndian) ||
    (named === explicitBigEndian) !== (seen === explicitBigEndian)
  );
}
