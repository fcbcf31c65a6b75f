import { UnreadableSlide } from '../formats/unreadableSlide.ts';

const soi = 0xd8;
const eoi = 0xd9;
const sos = 0xda;
const app0 = 0xe0;
const app14 = 0xee;

interface Segment {
  marker: number;
  /** from the FF of the marker to the end of the segment */
  start: number;
  end: number;
}

/** Marker segments between SOI and the entropy-coded data (ISO/IEC 10918-1 §B.1.1). */
export function jpegSegments(bytes: Buffer): { segments: Segment[]; scanAt: number } {
  if (bytes[0] !== 0xff || bytes[1] !== soi) throw new UnreadableSlide('corrupt-tile', 'no SOI marker');
  const segments: Segment[] = [];
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) throw new UnreadableSlide('corrupt-tile', `no marker at ${at}`);
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at += 1; // fill byte
      continue;
    }
    if (marker === eoi) break;
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw new UnreadableSlide('corrupt-tile', `segment at ${at} is cut off`);
    if (marker === sos) return { segments, scanAt: at };
    segments.push({ marker, start: at, end });
    at = end;
  }
  return { segments, scanAt: -1 };
}

function isFrameHeader(marker: number): boolean {
  // SOF0–SOF15 without DHT (C4), JPG (C8) and DAC (CC)
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}

/** Pixels and components a JPEG claims, so that nobody decodes a bomb. Throws `corrupt-tile` where there is no frame. */
export function jpegSize(bytes: Buffer): {
  width: number;
  height: number;
  components: number;
  scanAt: number;
} {
  const { segments, scanAt } = jpegSegments(bytes);
  const frame = segments.find(({ marker }) => isFrameHeader(marker));
  if (!frame || scanAt < 0 || frame.end - frame.start < 10) {
    throw new UnreadableSlide(
      'corrupt-tile',
      scanAt < 0 ? 'no scan in the JPEG' : 'no frame header in the JPEG',
    );
  }
  return {
    height: bytes.readUInt16BE(frame.start + 5),
    width: bytes.readUInt16BE(frame.start + 7),
    components: bytes[frame.start + 9] ?? 0,
    scanAt,
  };
}

/** Adobe marker: version 100, no flags, transform 0 (samples are RGB) or 1 (YCbCr). */
function adobeSegment(transform: 0 | 1): Buffer {
  return Buffer.from([0xff, app14, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform]);
}

const isAdobe = (bytes: Buffer, { marker, start, end }: Segment) =>
  marker === app14 && end - start >= 16 && bytes.toString('latin1', start + 4, start + 9) === 'Adobe';

const tablesCache = new WeakMap<Buffer, Buffer>();

/** The quantisation and Huffman segments of a TIFF JPEGTables value, without SOI and EOI. */
function bareTables(tables: Buffer): Buffer {
  const known = tablesCache.get(tables);
  if (known) return known;
  const { segments } = jpegSegments(tables);
  const kept = segments.filter(({ marker }) => marker === 0xdb || marker === 0xc4 || marker === 0xdd);
  const bare = Buffer.concat(kept.map(({ start, end }) => tables.subarray(start, end)));
  tablesCache.set(tables, bare);
  return bare;
}

/**
 * Makes a JPEG that any browser shows in the right colours out of the bytes of a tile: shared tables in front
 * (TIFF technical note 2), and an Adobe marker that says what the samples are, because decoders take three
 * components for YCbCr when nothing is said. A JFIF marker says YCbCr too and goes when the samples are RGB.
 * The entropy-coded data is not touched.
 */
export function completeJpeg(
  tile: Buffer,
  options: { jpegTables?: Buffer; colors: 'rgb' | 'ycbcr'; trustAdobeMarker: boolean },
): Buffer {
  const { segments, scanAt } = jpegSegments(tile);
  if (scanAt < 0) throw new UnreadableSlide('corrupt-tile', 'no scan in the JPEG');
  const own = segments.some((segment) => isAdobe(tile, segment));
  const keepMarkers = options.trustAdobeMarker && own;
  const stated = keepMarkers ? [] : [adobeSegment(options.colors === 'rgb' ? 0 : 1)];
  const dropped = segments.filter(
    (segment) => !keepMarkers && (segment.marker === app0 || isAdobe(tile, segment)),
  );
  const parts: Buffer[] = [tile.subarray(0, 2), ...stated];
  if (options.jpegTables) parts.push(bareTables(options.jpegTables));
  let from = 2;
  for (const { start, end } of dropped) {
    parts.push(tile.subarray(from, start));
    from = end;
  }
  parts.push(tile.subarray(from));
  return Buffer.concat(parts);
}
