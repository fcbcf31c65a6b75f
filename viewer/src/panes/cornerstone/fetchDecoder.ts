import openjph from '@cornerstonejs/codec-openjph/wasm?url';
import worker from 'decode-worker?worker&url';

/** Puts the decoder of derived frames into the browser's cache: Cornerstone asks for it with the first picture only. */
export async function fetchDecoder(): Promise<void> {
  await Promise.all([worker, openjph].map((address) => fetch(address)));
}
