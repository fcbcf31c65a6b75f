import net from 'node:net';
import type tls from 'node:tls';
import { frameMessage, MllpDecoder } from '../../../server/standards/hl7v2/frame.ts';
import { parseMessage, segment, text, type Hl7Message } from '../../../server/standards/hl7v2/parse.ts';

/** A peer that sends MLLP blocks and hears answers. */
export class Peer {
  private readonly socket: net.Socket;
  private readonly decoder = new MllpDecoder();
  private readonly heard: Buffer[] = [];
  private readonly waiting: ((bytes: Buffer | undefined) => void)[] = [];

  private constructor(socket: net.Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      for (const event of this.decoder.push(chunk)) {
        if (event.kind !== 'frame') continue;
        const next = this.waiting.shift();
        if (next) next(event.bytes);
        else this.heard.push(event.bytes);
      }
    });
    const lost = () => this.waiting.splice(0).forEach((next) => next(undefined));
    socket.on('close', lost);
    socket.on('error', lost);
  }

  static connect(port: number): Promise<Peer> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(new Peer(socket)));
      socket.once('error', reject);
    });
  }

  /** Speaks over a line that is being opened, TLS for example. */
  static over(socket: tls.TLSSocket): Promise<Peer> {
    return new Promise((resolve, reject) => {
      socket.once('secureConnect', () => resolve(new Peer(socket)));
      socket.once('error', reject);
    });
  }

  write(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** The next answer, or undefined when the connection is lost. */
  next(): Promise<Buffer | undefined> {
    const heard = this.heard.shift();
    return heard ? Promise.resolve(heard) : new Promise((resolve) => this.waiting.push(resolve));
  }

  async ask(message: string | Uint8Array): Promise<Hl7Message> {
    this.write(frameMessage(typeof message === 'string' ? Buffer.from(message) : message));
    const answer = await this.next();
    if (!answer) throw new Error('the hub closed the connection');
    return parseMessage(answer);
  }

  close(): void {
    this.socket.destroy();
  }
}

export const code = (answer: Hl7Message) => text(segment(answer, 'MSA'), 1);
export const said = (answer: Hl7Message) => text(segment(answer, 'MSA'), 3);

let control = 0;
export const nextControl = () => `M${Date.now().toString(36)}${++control}`;

export interface OrmInput {
  control?: string;
  order?: string;
  placer: string;
  items?: string[];
  patient?: string;
  pid3?: string;
  birth?: string;
  sex?: string;
  priority?: string;
  type?: string;
  tail?: string;
  sender?: string;
  msh?: string;
}

/** An order as a township's HIS writes it. */
export function orm(input: OrmInput): string {
  const items = input.items ?? ['CBC'];
  return (
    [
      `MSH|^~\\&|${input.sender ?? 'HIS|LIUHE'}|HUB|QHRM|20261122103000||${input.type ?? 'ORM^O01'}|${input.control ?? nextControl()}|P|2.4|||${input.msh ?? '|'}||UNICODE UTF-8`,
      `PID|1||${input.pid3 ?? `P${input.placer}^^^LIUHE^MR`}||${input.patient ?? '王珅'}||${input.birth ?? '19800506'}|${input.sex ?? 'M'}|||||13800001111`,
      'PV1|1|O|内科',
      `ORC|${input.order ?? 'NW'}|${input.placer}|||||^^^^^${input.priority ?? 'R'}|||||1001^李^医生`,
      ...items.map((item, n) => `OBR|${n + 1}|${input.placer}||${item}^项目|||20261122103000`),
      ...(input.tail ? [input.tail] : []),
    ].join('\r') + '\r'
  );
}
