import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Chunks of a larger object are not kept: it was spilled to the store, which took them. */
const mostKept = 4 * 1024 * 1024;
/** So much of a large object may pass before its dead chunks are collected. */
const collectEvery = 16 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options: { type: 'minor' }) => void;

/**
 * Memory of the slices of one data set (chunks of a connection, which own their memory alone). An object's chunks are given back with its answer: left to
 * the garbage collector, half a megabyte for each image means a full collection every hundred images, which costs more than storing them. Of a large object
 * they are collected on the way, because the collector sees only the small handles and would let them grow to some hundred megabytes.
 */
export class ReceivedMemory {
  readonly #chunks = new Set<ArrayBufferLike>();
  #size = 0;
  #uncollected = 0;
  #last: ArrayBufferLike | undefined;

  add(slice: Buffer): void {
    const chunk = slice.buffer;
    if (chunk === this.#last) return;
    this.#last = chunk;
    this.#size += chunk.byteLength;
    if (this.#size <= mostKept) {
      this.#chunks.add(chunk);
      return;
    }
    this.#chunks.clear();
    this.#uncollected += chunk.byteLength;
    if (this.#uncollected < collectEvery) return;
    this.#uncollected = 0;
    collect({ type: 'minor' });
  }

  /**
   * Frees the memory; every slice that was added is empty afterwards. The chunk with the end of the data set stays: what the peer sent behind it may be
   * in there too.
   */
  release(): void {
    for (const chunk of this.#chunks) {
      if (chunk !== this.#last && chunk instanceof ArrayBuffer && !chunk.detached) chunk.transfer(0);
    }
    this.#chunks.clear();
  }
}
