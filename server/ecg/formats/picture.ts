import { latin1 } from './byteReader.ts';
import { UnreadableRecording } from './model.ts';
import type { EcgRecording } from './model.ts';

export const name = 'picture';

export function matches(head: Uint8Array): boolean {
  return (
    latin1(head.subarray(0, 5)) === '%PDF-' || (head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff)
  );
}

/** A PDF or JPEG of a trace: shown as it is, nothing can be measured on it. */
export function read(bytes: Uint8Array): EcgRecording {
  const pdf = bytes[0] === 0x25;
  const tail = latin1(bytes.subarray(Math.max(0, bytes.byteLength - 2048)));
  if (pdf ? !tail.includes('%%EOF') : !tail.includes('\xff\xd9'))
    throw new UnreadableRecording(`${pdf ? 'PDF' : 'JPEG'} is cut off: its end mark is missing`, 'cut-off');
  return {
    format: pdf ? 'pdf' : 'jpeg',
    samplingRateHz: 0,
    leads: [],
    patient: {},
    device: {},
    filters: {},
    machineMeasurements: {},
    machineStatements: [],
    picture: { mediaType: pdf ? 'application/pdf' : 'image/jpeg' },
    notes: [{ code: 'picture-only' }],
  };
}
