import { transferSyntaxes } from '../../standards/dicom/index.ts';

/** JPEG with its retired processes, JPEG-LS, JPEG 2000 with HTJ2K, JPEG XL: the last part of their transfer syntaxes. */
const JPEG = /^1\.2\.840\.10008\.1\.2\.4\.(?:5\d|6\d|70|80|81)$/;
const JPEG_2000 = /^1\.2\.840\.10008\.1\.2\.4\.(?:9[0-3]|20[1-3])$/;
const JPEG_XL = /^1\.2\.840\.10008\.1\.2\.4\.11[0-2]$/;

const WITHOUT_COMMENTS: ReadonlySet<string> = new Set([
  transferSyntaxes.rleLossless,
  transferSyntaxes.encapsulatedUncompressed,
]);

const ITEM = 0xe000fffe;
const SOI = 0xd8;
const EOI = 0xd9;
const TEM = 0x01;
const COM = 0xfe;
const SPACE = 0x20;

/** Start of a JPEG image, and of a JPEG 2000 code stream: its first two markers, for one alone may stand in samples. */
const STARTS = [Buffer.from([0xff, SOI]), Buffer.from([0xff, 0x4f, 0xff, 0x51])];

/** What a decoder needs of an application segment: its head and so many bytes; the rest (thumbnails, Exif, names) goes. */
const NEEDED: readonly { marker: number; head: string; length: number }[] = [
  { marker: 0xe0, head: 'JFIF\0', length: 14 }, // without the thumbnail (ITU-T T.871 §10.1)
  { marker: 0xee, head: 'Adobe', length: 12 }, // colour transform (ITU-T T.872 §6.5.3)
  { marker: 0xe8, head: 'mrfx', length: 5 }, // colour transform of JPEG-LS
];

/**
 * Encapsulated pixel data (from the offset table up to the delimiter) whose comments and application segments are blank;
 * undefined where a coded frame cannot be read through or its coding is not known. Lengths, offsets and coded samples stay
 * as they are. Codings that have no comments are returned as given.
 */
export function blankComments(value: Buffer, transferSyntax: string): Buffer | undefined {
  if (WITHOUT_COMMENTS.has(transferSyntax)) return value;
  const blank = blankerOf(transferSyntax);
  if (!blank) return undefined;
  const out = Buffer.from(value);
  for (const fragments of framesOf(out)) {
    const frame = Buffer.concat(fragments);
    if (!blank(frame)) return undefined;
    let at = 0;
    for (const fragment of fragments) {
      frame.copy(fragment, 0, at, at + fragment.length);
      at += fragment.length;
    }
  }
  return out;
}

function blankerOf(transferSyntax: string): ((frame: Buffer) => boolean) | undefined {
  if (JPEG.test(transferSyntax)) return blankJpeg;
  if (JPEG_2000.test(transferSyntax)) return blankJpeg2000;
  // A bare code stream of JPEG XL holds no text; its boxes may hold Exif, XML or the segments of a JPEG.
  if (JPEG_XL.test(transferSyntax)) return (frame) => frame[0] === 0xff && frame[1] === 0x0a;
  return undefined;
}

/** Fragments behind the offset table, by frame: a frame starts where a fragment starts with the start of an image. */
function framesOf(value: Buffer): Buffer[][] {
  const frames: Buffer[][] = [];
  let at = 0;
  for (let index = 0; at + 8 <= value.length && value.readUInt32LE(at) === ITEM; index += 1) {
    const length = value.readUInt32LE(at + 4);
    const fragment = value.subarray(at + 8, at + 8 + length);
    at += 8 + length;
    if (index === 0 || fragment.length === 0) continue;
    const starts = STARTS.some((start) => fragment.subarray(0, start.length).equals(start));
    const last = frames.at(-1);
    if (last && !starts) last.push(fragment);
    else frames.push([fragment]);
  }
  return frames;
}

/** Blanks a JPEG or JPEG-LS image in place (ITU-T T.81 §B.1, T.87 §C.1); false where its markers cannot be followed. */
function blankJpeg(frame: Buffer): boolean {
  if (frame[0] !== 0xff || frame[1] !== SOI) return false;
  let at = 2;
  while (at + 1 < frame.length) {
    const marker = frame[at + 1] ?? 0;
    if (frame[at] !== 0xff) return false;
    if (marker === 0xff)
      at += 1; // fill byte
    else if (marker === EOI) {
      frame.fill(0, at + 2);
      return true;
    } else if (marker === TEM || (marker >= 0xd0 && marker <= 0xd7)) at += 2;
    else {
      const end = segmentEnd(frame, at);
      if (end === undefined) return false;
      if (marker === COM) frame.fill(SPACE, at + 4, end);
      else if (marker >= 0xe0 && marker <= 0xef) blankApplication(frame.subarray(at + 4, end), marker);
      at = marker === 0xda ? entropyEnd(frame, end) : end;
    }
  }
  return true; // cut off before its end: nothing follows that could be text
}

function segmentEnd(frame: Buffer, at: number): number | undefined {
  if (at + 4 > frame.length) return undefined;
  const length = frame.readUInt16BE(at + 2);
  const end = at + 2 + length;
  return length >= 2 && end <= frame.length ? end : undefined;
}

function blankApplication(content: Buffer, marker: number): void {
  const needed = NEEDED.find(
    (each) => each.marker === marker && content.toString('latin1', 0, each.head.length) === each.head,
  );
  content.fill(0, needed?.length ?? 0);
}

/** Where coded samples end: at the next marker that is no restart. Stuffed bytes never look like one. */
function entropyEnd(frame: Buffer, from: number): number {
  for (let at = frame.indexOf(0xff, from); at >= 0; at = frame.indexOf(0xff, at + 1)) {
    const next = frame[at + 1] ?? 0;
    if (next >= 0x80 && next !== 0xff && !(next >= 0xd0 && next <= 0xd7)) return at;
  }
  return frame.length;
}

const SOT = 0x90;
const SOD = 0x93;
const JPEG_2000_COM = 0x64;

/** Blanks the comments of a JPEG 2000 code stream in place (ITU-T T.800 §A.9.2): main header and tile-part headers. */
function blankJpeg2000(frame: Buffer): boolean {
  if (frame[0] !== 0xff || frame[1] !== 0x4f) return false; // a JP2 file with boxes is no code stream
  let at = 2;
  let tileEnd = frame.length;
  while (at + 1 < frame.length) {
    const marker = frame[at + 1];
    if (frame[at] !== 0xff) return false;
    if (marker === EOI) {
      frame.fill(0, at + 2);
      return true;
    }
    if (marker === SOD) {
      at = tileEnd;
      continue;
    }
    const end = segmentEnd(frame, at);
    if (end === undefined) return false;
    if (marker === JPEG_2000_COM) frame.fill(SPACE, at + 6, end); // behind the kind of comment
    if (marker === SOT) {
      const length = end >= at + 12 ? frame.readUInt32BE(at + 6) : 0;
      tileEnd = length === 0 ? frame.length : Math.min(frame.length, at + length);
      if (tileEnd < end) return false;
    }
    at = end;
  }
  return true;
}
