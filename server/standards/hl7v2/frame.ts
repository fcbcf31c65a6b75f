/** MLLP block characters (HL7 Transport Specification: MLLP, Release 1). */
export const VT = 0x0b;
export const FS = 0x1c;
export const CR = 0x0d;
const LF = 0x0a;

/**
 * What the decoder found, in stream order.
 * - `frame`: the bytes between VT and FS.
 * - `junk`: bytes outside any block (white space between blocks is not reported).
 * - `truncated`: a block that was abandoned by the sender, who began the next one without closing it.
 * - `oversize`: a block above the limit; its bytes are dropped while they arrive, `length` counts them.
 */
export type MllpEvent =
  | { kind: 'frame'; bytes: Buffer }
  | { kind: 'junk'; length: number; head: Buffer }
  | { kind: 'truncated'; bytes: Buffer }
  | { kind: 'oversize'; length: number };

const HEAD_BYTES = 64;

/**
 * Splits a TCP byte stream into MLLP blocks. It works on bytes, before any character set: 0x0B, 0x1C and
 * 0x0D never occur inside a GB18030 or UTF-8 character. It holds at most `maxFrameBytes`.
 *
 * A block ends at FS. The CR that should follow is swallowed when it comes, in this chunk or a later one, so
 * that a sender which forgets it, or whose stack sends it alone, is still answered.
 */
export class MllpDecoder {
  private readonly maxFrameBytes: number;
  private inside = false;
  private held: Buffer[] = [];
  private heldLength = 0;
  private dropped = 0;
  private junkLength = 0;
  private junkHead: number[] = [];

  constructor(maxFrameBytes = 32 * 1024 * 1024) {
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Bytes of the block that is still open. */
  get pendingBytes(): number {
    return this.inside ? this.heldLength + this.dropped : 0;
  }

  push(chunk: Buffer): MllpEvent[] {
    const events: MllpEvent[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (!this.inside) {
        const start = chunk.indexOf(VT, at);
        this.skip(chunk, at, start < 0 ? chunk.length : start);
        if (start < 0) break;
        this.flushJunk(events);
        this.inside = true;
        at = start + 1;
        continue;
      }
      const end = chunk.indexOf(FS, at);
      this.hold(chunk.subarray(at, end < 0 ? chunk.length : end));
      if (end < 0) break;
      this.finish(events);
      at = end + 1;
    }
    return events;
  }

  /** Call when the peer closed: reports what was left open. */
  end(): MllpEvent[] {
    const events: MllpEvent[] = [];
    this.flushJunk(events);
    if (this.inside) events.push({ kind: 'truncated', bytes: Buffer.concat(this.held) });
    this.reset();
    return events;
  }

  private hold(part: Buffer): void {
    if (part.length === 0) return;
    if (this.dropped > 0 || this.heldLength + part.length > this.maxFrameBytes) {
      this.dropped += part.length;
      return;
    }
    this.held.push(part);
    this.heldLength += part.length;
  }

  private finish(events: MllpEvent[]): void {
    if (this.dropped > 0) events.push({ kind: 'oversize', length: this.heldLength + this.dropped });
    else {
      const only = this.held[0];
      const block = this.held.length === 1 && only ? only : Buffer.concat(this.held);
      // A VT inside a block can only be the start of the next one after a sender gave up.
      const restart = block.lastIndexOf(VT);
      if (restart >= 0) events.push({ kind: 'truncated', bytes: block.subarray(0, restart) });
      events.push({ kind: 'frame', bytes: restart >= 0 ? block.subarray(restart + 1) : block });
    }
    this.reset();
  }

  private skip(chunk: Buffer, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const byte = chunk[i];
      if (byte === undefined || (this.junkLength === 0 && (byte === CR || byte === LF || byte === 0x20)))
        continue;
      this.junkLength++;
      if (this.junkHead.length < HEAD_BYTES) this.junkHead.push(byte);
    }
  }

  private flushJunk(events: MllpEvent[]): void {
    if (this.junkLength > 0)
      events.push({ kind: 'junk', length: this.junkLength, head: Buffer.from(this.junkHead) });
    this.junkLength = 0;
    this.junkHead = [];
  }

  private reset(): void {
    this.inside = false;
    this.held = [];
    this.heldLength = 0;
    this.dropped = 0;
  }
}

/** Wraps one message for the wire: VT bytes FS CR. */
export function frameMessage(bytes: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(bytes.length + 3);
  framed[0] = VT;
  framed.set(bytes, 1);
  framed[bytes.length + 1] = FS;
  framed[bytes.length + 2] = CR;
  return framed;
}
