import dicomParser from 'dicom-parser';
import type { DataSet } from 'dicom-parser';
import type { ByteSource } from './byteSource.ts';
import { limits } from './slideIndex.ts';
import { UnreadableSlide } from './unreadableSlide.ts';

const pixelData = 'x7fe00010';

/** The data set before the pixel data, and where the pixel data begins. */
export interface DicomHeader {
  dataSet: DataSet;
  transferSyntaxUid: string;
  pixels: { offset: number; length: number; undefinedLength: boolean };
}

/** Part 10 file with its preamble (PS3.10 §7.1). */
export function isDicomFile(head: Uint8Array): boolean {
  return String.fromCharCode(...head.subarray(128, 132)) === 'DICM';
}

/**
 * dicom-parser does not know the VR OV (2018) and takes its length from the wrong place. The offset table and its
 * lengths (7FE0,0001), (7FE0,0002) are called OB for it, in a copy.
 */
function withKnownVrs(bytes: Buffer): Buffer {
  let copy: Buffer | undefined;
  for (const element of [0x01, 0x02]) {
    const at = bytes.indexOf(Buffer.from([0xe0, 0x7f, element, 0x00, 0x4f, 0x56, 0x00, 0x00]));
    if (at < 0) continue;
    copy ??= Buffer.from(bytes);
    copy.write('OB', at + 4, 'latin1');
  }
  return copy ?? bytes;
}

function parse(bytes: Buffer): DataSet | undefined {
  try {
    return dicomParser.parseDicom(withKnownVrs(bytes), { untilTag: pixelData });
  } catch {
    // the prefix may end inside an element: the caller reads more, and refuses when there is no more
    return undefined;
  }
}

/**
 * Parses everything before the pixel data, reading as little of the file as that needs (a sparse slide keeps one item
 * for each tile there). Throws {@link UnreadableSlide} when there is no pixel data within {@link limits.headerBytes}.
 */
export async function readDicomHeader(source: ByteSource): Promise<DicomHeader> {
  for (let wanted = 256 * 1024; ; wanted *= 8) {
    const length = Math.min(wanted, source.size, limits.headerBytes);
    const parts: Buffer[] = [];
    const piece = 32 * 1024 * 1024;
    for (let at = 0; at < length; at += piece)
      parts.push(await source.read(at, Math.min(piece, length - at)));
    const dataSet = parse(parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts));
    const pixels = dataSet?.elements[pixelData];
    if (dataSet && pixels) {
      return {
        dataSet,
        transferSyntaxUid: dataSet.string('x00020010') ?? '',
        pixels: {
          offset: pixels.dataOffset,
          length: pixels.length,
          undefinedLength: pixels.hadUndefinedLength === true || pixels.length === 0xffffffff,
        },
      };
    }
    if (length === source.size) throw new UnreadableSlide('truncated', 'the file ends before its pixel data');
    if (length === limits.headerBytes) {
      throw new UnreadableSlide('too-large', `no pixel data within the first ${limits.headerBytes} bytes`);
    }
  }
}
