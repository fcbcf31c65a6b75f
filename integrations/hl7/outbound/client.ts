import net from 'node:net';
import tls from 'node:tls';
import { frameMessage, MllpDecoder } from '../../../server/standards/hl7v2/frame.ts';
import { sameFingerprint } from '../../../server/standards/identity/certificateFingerprint.ts';

export interface Destination {
  host: string;
  port: number;
  tls: boolean;
  timeoutMs: number;
  /** SHA-256 of the only certificate the peer may show; without it an authority must have signed it. */
  pinned?: string | undefined;
  /** Shown to a peer that asks who we are. */
  identity?: { cert: Buffer; key: Buffer } | undefined;
}

/**
 * How sending went. `answered`: the peer spoke. `unsent`: nothing left this machine for certain, so it can be tried
 * again. `ambiguous`: bytes left and no answer came: the peer may have it.
 */
export type Sending =
  | { kind: 'answered'; bytes: Buffer }
  | { kind: 'unsent'; reason: string }
  | { kind: 'ambiguous'; reason: string };

/** An open line to one peer; one message at a time, the answer awaited. Reconnects at the next message. */
export class MllpClient {
  private readonly destination: Destination;
  private socket: net.Socket | undefined;
  private decoder = new MllpDecoder();
  private onAnswer: ((bytes: Buffer) => void) | undefined;
  private onLoss: ((reason: string) => void) | undefined;

  constructor(destination: Destination) {
    this.destination = destination;
  }

  async send(bytes: Buffer): Promise<Sending> {
    let socket: net.Socket;
    try {
      socket = await this.open();
    } catch (error) {
      return { kind: 'unsent', reason: error instanceof Error ? error.message : String(error) };
    }
    return new Promise((resolve) => {
      const done = (sending: Sending) => {
        clearTimeout(timer);
        this.onAnswer = undefined;
        this.onLoss = undefined;
        if (sending.kind !== 'answered') this.close();
        resolve(sending);
      };
      const timer = setTimeout(
        () => done({ kind: 'ambiguous', reason: `no answer in ${this.destination.timeoutMs / 1000} s` }),
        this.destination.timeoutMs,
      );
      this.onAnswer = (answer) => done({ kind: 'answered', bytes: answer });
      this.onLoss = (reason) => done({ kind: 'ambiguous', reason });
      socket.write(frameMessage(bytes));
    });
  }

  /** Opens the line and sends nothing. Throws with the reason when there is none. */
  async reach(): Promise<void> {
    await this.open();
  }

  close(): void {
    this.socket?.destroy();
    this.socket = undefined;
    this.decoder = new MllpDecoder();
  }

  private open(): Promise<net.Socket> {
    if (this.socket?.writable) return Promise.resolve(this.socket);
    this.close();
    const { host, port } = this.destination;
    return new Promise((resolve, reject) => {
      const socket = this.destination.tls ? this.connectTls() : net.connect({ host, port });
      const timer = setTimeout(
        () => socket.destroy(new Error(`no connection to ${host}:${port} in 10 s`)),
        10_000,
      );
      socket.setNoDelay(true);
      socket.once(this.destination.tls ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        const { pinned } = this.destination;
        if (pinned && socket instanceof tls.TLSSocket) {
          const shown = socket.getPeerCertificate().fingerprint256;
          if (!sameFingerprint(pinned, shown)) {
            socket.destroy(new Error(`${host}:${port} shows certificate ${shown}, not the one on file`));
            return;
          }
        }
        this.socket = socket;
        resolve(socket);
      });
      socket.on('data', (chunk) => {
        for (const event of this.decoder.push(chunk))
          if (event.kind === 'frame') this.onAnswer?.(event.bytes);
      });
      socket.on('error', (error) => {
        clearTimeout(timer);
        reject(error);
        this.onLoss?.(error.message);
      });
      socket.on('close', () => {
        clearTimeout(timer);
        if (this.socket === socket) this.socket = undefined;
        this.onLoss?.('the peer closed the connection before answering');
        reject(new Error(`the connection to ${host}:${port} was closed`));
      });
    });
  }

  private connectTls(): tls.TLSSocket {
    const { host, port, pinned, identity } = this.destination;
    return tls.connect({
      host,
      port,
      minVersion: 'TLSv1.2',
      ...(net.isIP(host) === 0 && { servername: host }),
      ...(identity && identity),
      ...(pinned && { rejectUnauthorized: false }),
    });
  }
}
