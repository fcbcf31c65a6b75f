import { UnreadableRecording } from './model.ts';

export const bitsPerSample: Record<number, number> = {
  8: 8,
  16: 16,
  24: 24,
  32: 32,
  61: 16,
  80: 8,
  160: 16,
  212: 12,
};

/**
 * signal(5) of WFDB: interleaved frames of all signals of one file.
 * `sampleCount` 0 means as many as the file holds.
 * @throws UnreadableRecording for an unknown format or a file shorter than announced.
 */
export function decodeSignalFile(
  bytes: Uint8Array,
  format: number,
  samplesPerFrame: number[],
  sampleCount: number,
): Int32Array[] {
  const bits = bitsPerSample[format];
  if (bits === undefined)
    throw new UnreadableRecording(`WFDB: signal format ${format} is not supported`, 'unsupported');
  const perFrame = samplesPerFrame.reduce((sum, count) => sum + count, 0);
  const available = Math.floor((bytes.byteLength * 8) / bits / perFrame);
  const frames = sampleCount === 0 ? available : sampleCount;
  if (frames === 0 || frames > available)
    throw new UnreadableRecording(
      `WFDB: signal file is cut off: ${frames} samples per signal announced, ${available} found`,
      'cut-off',
    );
  const channels = samplesPerFrame.map((count) => new Int32Array(frames * count));
  const sample = sampleReader(bytes, format);
  const single = samplesPerFrame.every((count) => count === 1);
  if (single && format === 16) readInterleaved(bytes, channels, frames);
  else {
    let index = 0;
    for (let frame = 0; frame < frames; frame++)
      for (let channel = 0; channel < channels.length; channel++) {
        const count = samplesPerFrame[channel] ?? 1;
        const target = channels[channel];
        for (let i = 0; i < count; i++) if (target) target[frame * count + i] = sample(index++);
      }
  }
  if (format === 8)
    for (const channel of channels)
      for (let i = 1; i < channel.length; i++) channel[i] = (channel[i] ?? 0) + (channel[i - 1] ?? 0);
  return channels;
}

/** Days of 16-bit samples come often, and whoever uploads one waits for this. */
function readInterleaved(bytes: Uint8Array, channels: Int32Array[], frames: number): void {
  const width = channels.length * 2;
  channels.forEach((target, channel) => {
    for (let frame = 0, at = channel * 2; frame < frames; frame++, at += width)
      target[frame] = (((bytes[at + 1] as number) << 24) >> 16) | (bytes[at] as number);
  });
}

function sampleReader(bytes: Uint8Array, format: number): (index: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 212:
      return (index) => {
        const at = (index >> 1) * 3;
        const middle = bytes[at + 1] ?? 0;
        const value =
          index & 1
            ? ((middle & 0xf0) << 4) | (bytes[at + 2] ?? 0)
            : ((middle & 0x0f) << 8) | (bytes[at] ?? 0);
        return value > 2047 ? value - 4096 : value;
      };
    case 61:
      return (index) => view.getInt16(index * 2, false);
    case 160:
      return (index) => view.getUint16(index * 2, true) - 32768;
    case 80:
      return (index) => view.getUint8(index) - 128;
    case 8:
      return (index) => view.getInt8(index);
    case 24:
      return (index) => view.getUint16(index * 3, true) | (view.getInt8(index * 3 + 2) << 16);
    case 32:
      return (index) => view.getInt32(index * 4, true);
    default:
      return (index) => view.getInt16(index * 2, true);
  }
}
