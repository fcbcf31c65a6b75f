// The first is below what one read of a socket brings: most headers are read without a copy.
const WINDOWS = [32 * 1024, 256 * 1024, 2 * 1024 * 1024, 8 * 1024 * 1024, 32 * 1024 * 1024];

/**
 * The first part of an object while it arrives: slices are kept, not copied, until the header has been read out of
 * them. `due` tells when enough came for another try; beyond the last window nothing more is kept.
 */
export class HeadBuffer {
  private parts: Buffer[] = [];
  private kept = 0;
  private window = 0;
  private dropped = false;

  push(bytes: Buffer): void {
    if (this.dropped || this.window >= WINDOWS.length) return;
    this.parts.push(bytes);
    this.kept += bytes.length;
  }

  get due(): boolean {
    const limit = WINDOWS[this.window];
    return !this.dropped && limit !== undefined && this.kept >= limit;
  }

  /** Everything kept as one buffer; moves on to the next window. */
  take(): Buffer {
    this.window += 1;
    const [only] = this.parts;
    if (this.parts.length === 1 && only) return only;
    const whole = Buffer.concat(this.parts);
    this.parts = [whole];
    return whole;
  }

  get size(): number {
    return this.kept;
  }

  drop(): void {
    this.dropped = true;
    this.parts = [];
  }
}
