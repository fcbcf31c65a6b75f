/** Control characters of ASTM E1381 / CLSI LIS01-A2. */
export const STX = 0x02;
export const ETX = 0x03;
export const EOT = 0x04;
export const ENQ = 0x05;
export const ACK = 0x06;
export const NAK = 0x15;
export const ETB = 0x17;
const CR = 0x0d;
const LF = 0x0a;

/** LIS01-A2 §6.3.1.2: 64,000 characters in a frame; E1381-95 says 240, so the writer keeps to that. */
export const MAX_FRAME_BYTES = 64_000 + 16;
const WRITE_TEXT_BYTES = 240;

export type AstmSignal =
  | { kind: 'enq' }
  | { kind: 'ack' }
  | { kind: 'nak' }
  | { kind: 'eot' }
  /** A frame with a right checksum. `last` = ETX, else ETB (the text goes on in the next frame). */
  | { kind: 'frame'; number: number; text: Buffer; last: boolean }
  | { kind: 'bad-frame'; reason: 'checksum' | 'length' | 'number' | 'checksum-missing' };

/**
 * Cuts a byte stream into ASTM control signals and checked frames. Bytes outside frames that are no control
 * character are ignored (E1381 §6.3.3: the receiver ignores characters before STX). Bounded.
 */
export class AstmDecoder {
  private frame: number[] | undefined;
  /** Bytes still to come after ETB/ETX: two checksum digits. */
  private trailer: number[] | undefined;
  private overflow = false;

  push(chunk: Uint8Array): AstmSignal[] {
    const signals: AstmSignal[] = [];
    for (const byte of chunk) this.byte(byte, signals);
    return signals;
  }

  /** True while a frame has begun but not ended. */
  get open(): boolean {
    return this.frame !== undefined;
  }

  private byte(byte: number, signals: AstmSignal[]): void {
    if (this.frame === undefined) {
      if (byte === STX) this.frame = [];
      else if (byte === ENQ) signals.push({ kind: 'enq' });
      else if (byte === ACK) signals.push({ kind: 'ack' });
      else if (byte === NAK) signals.push({ kind: 'nak' });
      else if (byte === EOT) signals.push({ kind: 'eot' });
      return;
    }
    if (this.trailer) {
      this.trailer.push(byte);
      // The checksum ends at its second digit; CR LF behind it is ignored by the branch above, as some
      // analyzers send only one of them.
      if (this.trailer.length === 2 || byte === CR || byte === LF) this.finish(signals);
      return;
    }
    if (byte === STX) {
      // A new frame before the old one ended: the old one is lost.
      this.frame = [];
      this.overflow = false;
      return;
    }
    if (byte === EOT || byte === ENQ) {
      this.frame = undefined;
      this.overflow = false;
      signals.push({ kind: byte === EOT ? 'eot' : 'enq' });
      return;
    }
    if (this.frame.length < MAX_FRAME_BYTES) this.frame.push(byte);
    else this.overflow = true;
    if (byte === ETX || byte === ETB) {
      if (this.overflow) {
        this.frame = undefined;
        this.overflow = false;
        signals.push({ kind: 'bad-frame', reason: 'length' });
      } else this.trailer = [];
    }
  }

  private finish(signals: AstmSignal[]): void {
    const body = Buffer.from(this.frame ?? []);
    const sent = Buffer.from(this.trailer ?? [])
      .toString('latin1')
      .toUpperCase();
    this.frame = undefined;
    this.trailer = undefined;
    if (!/^[0-9A-F]{2}$/.test(sent)) signals.push({ kind: 'bad-frame', reason: 'checksum-missing' });
    else if (sent !== checksum(body)) signals.push({ kind: 'bad-frame', reason: 'checksum' });
    else {
      const digit = (body[0] ?? 0) - 0x30;
      if (digit < 0 || digit > 7) signals.push({ kind: 'bad-frame', reason: 'number' });
      else
        signals.push({
          kind: 'frame',
          number: digit,
          text: body.subarray(1, -1),
          last: body[body.length - 1] === ETX,
        });
    }
  }
}

/** Sum of the bytes after STX up to and including ETB/ETX, modulo 256, two hexadecimal digits (E1381 §6.3.2.8). */
export function checksum(bytes: Uint8Array): string {
  let sum = 0;
  for (const byte of bytes) sum = (sum + byte) & 0xff;
  return sum.toString(16).toUpperCase().padStart(2, '0');
}

/** Builds one frame: STX number text ETB|ETX checksum CR LF. */
export function writeFrame(number: number, text: Uint8Array, last: boolean): Buffer {
  const body = Buffer.concat([Buffer.from(String(number & 7)), text, Buffer.from([last ? ETX : ETB])]);
  return Buffer.concat([Buffer.from([STX]), body, Buffer.from(checksum(body) + '\r\n', 'latin1')]);
}

/** Splits records (each ended by CR) into frames: one record per frame, long ones over several. Numbers begin at 1. */
export function frameRecords(records: readonly Uint8Array[]): Buffer[] {
  const frames: Buffer[] = [];
  for (const record of records) {
    for (let at = 0; at === 0 || at < record.length; at += WRITE_TEXT_BYTES) {
      const part = record.subarray(at, at + WRITE_TEXT_BYTES);
      frames.push(writeFrame(frames.length + 1, part, at + WRITE_TEXT_BYTES >= record.length));
    }
  }
  return frames;
}
