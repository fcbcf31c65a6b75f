import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Response } from 'express';
import type { Readable } from 'node:stream';

/**
 * Sends multipart/related (PS3.18 §8.6.1). The boundary is 32 random bytes: a short one occurred inside pixel data.
 * Waits for the peer; stops when it is gone.
 */
export class MultipartWriter {
  private readonly res: Response;
  private readonly boundary = `hub-${randomBytes(32).toString('hex')}`;
  private started = false;
  private readonly type: string;

  constructor(res: Response, type: string) {
    this.res = res;
    this.type = type;
  }

  /** Starts a part; its body follows by `write` or `pipe`. */
  async part(headers: Record<string, string>): Promise<void> {
    this.start();
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    await this.write(Buffer.from(`\r\n--${this.boundary}\r\n${lines.join('')}\r\n`));
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.res.destroyed) throw new PeerGone();
    if (!this.res.write(bytes)) await Promise.race([once(this.res, 'drain'), once(this.res, 'close')]);
  }

  async pipe(stream: Readable): Promise<void> {
    for await (const chunk of stream) await this.write(chunk as Buffer);
  }

  end(): void {
    this.start();
    this.res.end(`\r\n--${this.boundary}--\r\n`);
  }

  private start(): void {
    if (this.started) return;
    this.started = true;
    this.res.setHeader('Content-Type', `multipart/related; type="${this.type}"; boundary=${this.boundary}`);
  }
}

/** The browser or peer closed the connection: nothing to answer any more. */
export class PeerGone extends Error {}
