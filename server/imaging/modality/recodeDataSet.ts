import {
  DicomError,
  readHeader,
  tags,
  transferSyntaxes,
  writeDataSet,
  type DataSet,
  type ElementList,
} from '../../standards/dicom/index.ts';

const { implicitLittleEndian, explicitLittleEndian } = transferSyntaxes;
const PADDING = 0xfffcfffc;

/** The other plain coding of an object that is not compressed; undefined for every other transfer syntax. */
export const otherPlainSyntax = (transferSyntax: string): string | undefined =>
  transferSyntax === implicitLittleEndian
    ? explicitLittleEndian
    : transferSyntax === explicitLittleEndian
      ? implicitLittleEndian
      : undefined;

/**
 * The data set of a plain object in the other plain coding (PS3.5 §7.1), without file meta information, for a peer that
 * took only that one: the same attributes, values and pixels; group lengths, which would be wrong, and padding go. The
 * stored object stays as it came.
 * @throws DicomError `unencodable` for other transfer syntaxes and where attributes follow the pixels
 */
export function recodeDataSet(object: Buffer): Buffer {
  const { dataSet, pixelData, transferSyntax } = readHeader(object);
  const to = otherPlainSyntax(transferSyntax);
  if (!to) throw new DicomError('unencodable', `${transferSyntax} is not recoded`);
  const head = writeDataSet(elementsOf(dataSet), { transferSyntax: to, characterSet: '' });
  if (!pixelData) return head;
  const { tag, vr, offset, length } = pixelData;
  const end = offset + (length ?? 0);
  if (length === undefined || !isPadding(object, end))
    throw new DicomError('unencodable', 'attributes follow the pixels');
  const element = Buffer.alloc(to === explicitLittleEndian ? 12 : 8);
  element.writeUInt16LE(tag >>> 16, 0);
  element.writeUInt16LE(tag & 0xffff, 2);
  if (to === explicitLittleEndian) element.write(vr, 4, 'latin1');
  element.writeUInt32LE(length, element.length - 4);
  return Buffer.concat([head, element, object.subarray(offset, end)]);
}

const isPadding = (object: Buffer, at: number): boolean =>
  at + 8 > object.length || object.readUInt16LE(at) * 0x10000 + object.readUInt16LE(at + 2) === PADDING;

const elementsOf = (dataSet: DataSet): ElementList =>
  dataSet
    .elements()
    .filter(({ tag }) => (tag & 0xffff) !== 0 && tag !== tags.pixelData && tag !== PADDING)
    .map(({ tag, vr }) =>
      vr === 'SQ' ? [tag, dataSet.sequence(tag).map(elementsOf), vr] : [tag, dataSet.bytes(tag), vr],
    );
