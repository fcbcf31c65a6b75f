import net from 'node:net';
import { AstmDecoder, ACK, ENQ, EOT, type AstmSignal } from '../../../server/standards/astm/frame.ts';
import { parseAstm, type AstmMessage } from '../../../server/standards/astm/parse.ts';
import { encodeRecords, writeRecord } from '../../../server/standards/astm/write.ts';

/** An analyzer on a line, for tests: sends results, runs controls, asks the host what to do. */
export class AnalyzerSimulator {
  readonly name: string;
  private readonly socket: net.Socket;
  private readonly decoder = new AstmDecoder();
  private readonly heard: AstmSignal[] = [];
  private wake: (() => void) | undefined;

  private constructor(socket: net.Socket, name: string) {
    this.socket = socket;
    this.name = name;
    socket.on('data', (chunk) => {
      this.heard.push(...this.decoder.push(chunk));
      this.wake?.();
    });
    socket.on('error', () => undefined);
  }

  static connect(port: number, name: string): Promise<AnalyzerSimulator> {
    return new Promise((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(new AnalyzerSimulator(socket, name)));
      socket.once('error', reject);
    });
  }

  async hear(): Promise<AstmSignal> {
    for (;;) {
      const signal = this.heard.shift();
      if (signal) return signal;
      await new Promise<void>((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error('the hub said nothing for 10 s')), 10_000);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  header(): string {
    return writeRecord(
      'H',
      undefined,
      undefined,
      [this.name, '1.0'],
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'P',
      'E1394-97',
    );
  }

  /** Sends a whole message; the answers to ENQ and each frame. */
  async transmit(
    records: string[],
    spoil?: (frame: Buffer, n: number) => Buffer | undefined,
  ): Promise<string[]> {
    const answers: string[] = [];
    this.socket.write(Buffer.from([ENQ]));
    answers.push((await this.hear()).kind);
    for (const [n, frame] of encodeRecords(records).entries()) {
      const spoiled = spoil?.(frame, n);
      if (spoiled) {
        this.socket.write(spoiled);
        answers.push((await this.hear()).kind);
      }
      this.socket.write(frame);
      answers.push((await this.hear()).kind);
    }
    this.socket.write(Buffer.from([EOT]));
    return answers;
  }

  results(
    barcode: string,
    values: Record<string, string | [value: string, unit: string]>,
    options: { at?: string; control?: boolean } = {},
  ): string[] {
    return [
      this.header(),
      writeRecord('P', 1),
      writeRecord(
        'O',
        1,
        [undefined, undefined, barcode],
        undefined,
        undefined,
        'R',
        undefined,
        undefined,
        undefined,
        undefined,
        undefined,
        options.control ? 'Q' : 'N',
      ),
      ...Object.entries(values).map(([code, said], n) => {
        const [value, unit] = typeof said === 'string' ? [said] : said;
        return writeRecord(
          'R',
          n + 1,
          [undefined, undefined, undefined, undefined, code],
          value,
          unit,
          undefined,
          'N',
          undefined,
          'F',
          undefined,
          undefined,
          undefined,
          options.at ?? '20261122103000',
        );
      }),
      writeRecord('L', 1, 'N'),
    ];
  }

  /** Host query for tubes; what the hub told. */
  async query(barcodes: string[]): Promise<AstmMessage> {
    await this.transmit([
      this.header(),
      writeRecord('Q', 1, { repeat: barcodes.map((code) => [undefined, code]) }, undefined, 'ALL'),
      writeRecord('L', 1, 'N'),
    ]);
    const parts: Buffer[] = [];
    for (;;) {
      const signal = await this.hear();
      if (signal.kind === 'eot') return parseAstm(Buffer.concat(parts));
      if (signal.kind === 'frame') parts.push(signal.text);
      if (signal.kind === 'enq' || signal.kind === 'frame') this.socket.write(Buffer.from([ACK]));
    }
  }

  close(): void {
    this.socket.destroy();
  }
}
