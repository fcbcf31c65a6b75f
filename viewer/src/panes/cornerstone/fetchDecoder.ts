import openjph from '@cornerstonejs/codec-openjph/wasm?url';
import worker from 'decode-worker?worker&url';

/** Puts the decoder of derived frames into the browser's cache: Cornerstone asks for it with the first picture only. */
export function fetchDecoder(): void {
  for (const address of [worker, openjph]) fetch(address).catch(() => undefined);
}
