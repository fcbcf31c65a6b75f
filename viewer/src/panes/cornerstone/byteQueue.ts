/** Bytes of a stream that were not used yet. `take` gives the next `count` when they are there. */
export class ByteQueue {
  private chunks: Uint8Array[] = [];
  private held = 0;

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.chunks.push(chunk);
    this.held += chunk.length;
  }

  get length(): number {
    return this.held;
  }

  /** The next bytes in a buffer of their own, or null while they are not complete. */
  take(count: number): Uint8Array | null {
    if (this.held < count) return null;
    const out = new Uint8Array(count);
    let filled = 0;
    while (filled < count) {
      const [first] = this.chunks;
      if (!first) return null;
      const part = first.subarray(0, count - filled);
      out.set(part, filled);
      filled += part.length;
      if (part.length === first.length) this.chunks.shift();
      else this.chunks[0] = first.subarray(part.length);
    }
    this.held -= count;
    return out;
  }
}
