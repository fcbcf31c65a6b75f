import sharp from 'sharp';
import { UndecodablePixels, type DecodedFrame, type RenderRequest } from './frame.ts';

/** A picture for people: modality values, window, palette and colour model applied, as JPEG or PNG (PS3.4 §N.2). */
export async function renderFrame(frame: DecodedFrame, request: RenderRequest): Promise<Uint8Array> {
  const colour = frame.samplesPerPixel === 3 || frame.photometric === 'PALETTE COLOR';
  const pixels =
    frame.photometric === 'PALETTE COLOR'
      ? fromPalette(frame, request.palette)
      : colour
        ? colourPixels(frame)
        : grayPixels(frame, request);
  let image = sharp(pixels, {
    raw: { width: frame.columns, height: frame.rows, channels: colour ? 3 : 1 },
    limitInputPixels: 200_000_000,
  });
  const part = request.region && within(frame, request.region);
  if (part) image = image.extract(part);
  if (request.maxSize && Math.max(part?.height ?? frame.rows, part?.width ?? frame.columns) > request.maxSize)
    image = image.resize(request.maxSize, request.maxSize, { fit: 'inside' });
  const encoded =
    request.type === 'image/png'
      ? image.png({ compressionLevel: 6 })
      : image.jpeg({ quality: request.quality });
  return encoded.toBuffer();
}

/** A part of the frame, in whole pixels, at least one of them. */
function within(
  { rows, columns }: DecodedFrame,
  region: NonNullable<RenderRequest['region']>,
): NonNullable<RenderRequest['region']> {
  const left = Math.min(Math.floor(region.left), columns - 1);
  const top = Math.min(Math.floor(region.top), rows - 1);
  const width = Math.max(1, Math.min(Math.round(region.width), columns - left));
  return { left, top, width, height: Math.max(1, Math.min(Math.round(region.height), rows - top)) };
}

/** Stored values of one sample per pixel, sign and unused high bits resolved. */
export function storedValues(frame: DecodedFrame): Int32Array {
  const count = frame.rows * frame.columns;
  const out = new Int32Array(count);
  const { bytes, bitsAllocated, bitsStored, pixelRepresentation } = frame;
  const shift = 32 - Math.min(bitsStored, bitsAllocated, 32);
  const signed = pixelRepresentation === 1;
  const normal = (value: number) => (signed ? (value << shift) >> shift : (value << shift) >>> shift);
  if (bitsAllocated === 1) for (let i = 0; i < count; i++) out[i] = ((bytes[i >> 3] ?? 0) >> (i & 7)) & 1;
  else if (bitsAllocated === 8) for (let i = 0; i < count; i++) out[i] = normal(bytes[i] ?? 0);
  else if (bitsAllocated === 16)
    for (let i = 0; i < count; i++) out[i] = normal((bytes[i * 2] ?? 0) | ((bytes[i * 2 + 1] ?? 0) << 8));
  else if (bitsAllocated === 32)
    for (let i = 0; i < count; i++)
      out[i] =
        (bytes[i * 4] ?? 0) |
        ((bytes[i * 4 + 1] ?? 0) << 8) |
        ((bytes[i * 4 + 2] ?? 0) << 16) |
        ((bytes[i * 4 + 3] ?? 0) << 24);
  else throw new UndecodablePixels(`${bitsAllocated} bits allocated`);
  return out;
}

function grayPixels(frame: DecodedFrame, request: RenderRequest): Uint8Array {
  const values = storedValues(frame);
  const { center, width } = request.window ?? rangeOf(values, request);
  const out = new Uint8Array(values.length);
  const inverted = frame.photometric === 'MONOCHROME1';
  // PS3.3 §C.11.2.1.2.1 (LINEAR), §C.11.2.1.3.2 (LINEAR_EXACT), §C.11.2.1.3.1 (SIGMOID)
  const exact = request.window !== undefined && request.voiFunction === 'LINEAR_EXACT';
  const sigmoid = request.window !== undefined && request.voiFunction === 'SIGMOID';
  const low = exact ? center - width / 2 : center - 0.5 - (width - 1) / 2;
  const span = exact ? width : Math.max(1, width - 1);
  for (let i = 0; i < values.length; i++) {
    const value = (values[i] ?? 0) * request.slope + request.intercept;
    const share = sigmoid ? 1 / (1 + Math.exp((-4 * (value - center)) / width)) : (value - low) / span;
    const shown = Math.max(0, Math.min(255, Math.round(share * 255)));
    out[i] = inverted ? 255 - shown : shown;
  }
  return out;
}

function rangeOf(values: Int32Array, { slope, intercept }: RenderRequest): { center: number; width: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const [a, b] = [low * slope + intercept, high * slope + intercept];
  return { center: (a + b) / 2 + 0.5, width: Math.max(2, Math.abs(b - a) + 1) };
}

/** RGB of 8 bits by pixel. */
export function colourPixels(frame: DecodedFrame): Uint8Array {
  const count = frame.rows * frame.columns * 3;
  const bytes = frame.bitsAllocated > 8 ? highBytes(frame) : frame.bytes;
  if (bytes.length < count) throw new UndecodablePixels('the frame is shorter than its format');
  return frame.photometric.startsWith('YBR') ? fromYbr(bytes.subarray(0, count)) : bytes.subarray(0, count);
}

/** The eight highest of the stored bits of each sample. */
function highBytes({ bytes, bitsAllocated, bitsStored }: DecodedFrame): Uint8Array {
  const size = bitsAllocated / 8;
  const out = new Uint8Array(Math.floor(bytes.length / size));
  const shift = Math.max(0, Math.min(bitsStored, bitsAllocated) - 8);
  for (let i = 0; i < out.length; i++) {
    let value = 0;
    for (let byte = size - 1; byte >= 0; byte--) value = value * 256 + (bytes[i * size + byte] ?? 0);
    out[i] = Math.floor(value / 2 ** shift);
  }
  return out;
}

/** YBR_FULL to RGB (PS3.3 §C.7.6.3.1.2). */
function fromYbr(bytes: Uint8Array): Uint8Array {
  const out = new Uint8ClampedArray(bytes.length);
  for (let i = 0; i < bytes.length; i += 3) {
    const y = bytes[i] ?? 0;
    const cb = (bytes[i + 1] ?? 0) - 128;
    const cr = (bytes[i + 2] ?? 0) - 128;
    out[i] = y + 1.402 * cr;
    out[i + 1] = y - 0.344136 * cb - 0.714136 * cr;
    out[i + 2] = y + 1.772 * cb;
  }
  return new Uint8Array(out.buffer);
}

/** RGB of 8 bits by pixel out of palette indices. */
export function fromPalette(frame: DecodedFrame, palette: RenderRequest['palette']): Uint8Array {
  if (!palette) throw new UndecodablePixels('palette colour without a palette');
  const values = storedValues({ ...frame, pixelRepresentation: 0 });
  const out = new Uint8Array(values.length * 3);
  const last = palette.red.length - 1;
  const shift = Math.max(0, palette.bits - 8);
  for (let i = 0; i < values.length; i++) {
    const index = Math.max(0, Math.min(last, (values[i] ?? 0) - palette.first));
    out[i * 3] = (palette.red[index] ?? 0) >> shift;
    out[i * 3 + 1] = (palette.green[index] ?? 0) >> shift;
    out[i * 3 + 2] = (palette.blue[index] ?? 0) >> shift;
  }
  return out;
}
