export interface WfdbAnnotation {
  sample: number;
  /** Annotation code of annot(5): 1 = N, 5 = V, 28 = rhythm change… */
  code: number;
  aux?: string;
}

/** Codes that mark a heart beat (isqrs of the WFDB library). */
const beatCodes = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 25, 30, 34, 35, 38, 41]);

/** MIT annotation format: 6 bits of code, 10 bits of time; SKIP 59, NUM 60, SUB 61, CHN 62, AUX 63. */
export function readAnnotations(bytes: Uint8Array): WfdbAnnotation[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const annotations: WfdbAnnotation[] = [];
  let sample = 0;
  let at = 0;
  while (at + 2 <= bytes.byteLength) {
    const word = view.getUint16(at, true);
    at += 2;
    const code = word >> 10;
    const value = word & 0x3ff;
    if (word === 0) break;
    if (code === 59) {
      if (at + 4 > bytes.byteLength) break;
      // PDP-11 order: high word first
      sample += (view.getInt16(at, true) << 16) | view.getUint16(at + 2, true);
      at += 4;
    } else if (code === 63) {
      const last = annotations.at(-1);
      if (last)
        last.aux = Buffer.from(bytes.subarray(at, at + value))
          .toString('latin1')
          .replaceAll('\0', '');
      at += value + (value & 1);
    } else if (code < 60) {
      sample += value;
      annotations.push({ sample, code });
    }
  }
  return annotations;
}

export function beatSamples(bytes: Uint8Array): number[] {
  return readAnnotations(bytes)
    .filter((annotation) => beatCodes.has(annotation.code))
    .map((annotation) => annotation.sample);
}
