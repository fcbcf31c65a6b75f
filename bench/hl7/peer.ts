import fs from 'node:fs';
import net from 'node:net';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { startHl7 } from '../../integrations/hl7/start.ts';
import { MllpDecoder } from '../../server/standards/hl7v2/frame.ts';
import { scratchHub } from '../helpers/scratchHub.ts';

export interface Load {
  count: number;
  refused: number;
  seconds: number;
  latencies: number[];
  /** Processor seconds of the sender's own thread. */
  cpuSeconds: number;
}

/** Runs the sender thread against a port. */
export function load(
  port: number,
  task: {
    connections: number;
    seconds: number;
    mode: 'commit' | 'application';
    kind: 'adt' | 'orm';
    run: string;
    window?: number;
  },
): Promise<Load> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./sender.ts', import.meta.url), { workerData: { port, ...task } });
    worker.once('message', (done: Load) => {
      void worker.terminate();
      resolve(done);
    });
    worker.once('error', reject);
  });
}

/**
 * A bare server of the kind published on npm: splits on FS CR in a string, answers AA at once, stores nothing. The
 * upper limit of the sender and of loopback, not a peer in durability.
 */
export async function bareServer(): Promise<{ port: number; close(): void }> {
  const server = net.createServer({ noDelay: true }, (socket) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (let end = text.indexOf('\x1c\r'); end >= 0; end = text.indexOf('\x1c\r')) {
        const control = text.slice(1, end).split('\r')[0]?.split('|')[9] ?? '';
        text = text.slice(end + 2);
        socket.write(`\x0bMSH|^~\\&|||||2026||ACK|1|P|2.4\rMSA|AA|${control}\r\x1c\r`);
      }
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

/**
 * The least a durable server can do: append to a file, `fdatasync`, answer; what arrives during a sync shares the next
 * one. The disk's limit for this sender, in the same run.
 */
export async function syncServer(): Promise<{ port: number; close(): void }> {
  const file = path.join(os.tmpdir(), `hl7-sync-${process.pid}`);
  const journal = fs.openSync(file, 'w');
  let waiting: { bytes: Buffer; answer(): void }[] = [];
  let syncing = false;
  const flush = () => {
    if (syncing || waiting.length === 0) return;
    const batch = waiting;
    waiting = [];
    syncing = true;
    fs.writeSync(journal, Buffer.concat(batch.map((one) => one.bytes)));
    fs.fdatasync(journal, (error) => {
      if (error) throw error;
      batch.forEach((one) => one.answer());
      syncing = false;
      flush();
    });
  };
  const server = net.createServer({ noDelay: true }, (socket) => {
    const decoder = new MllpDecoder();
    socket.on('data', (chunk) => {
      for (const event of decoder.push(chunk)) {
        if (event.kind !== 'frame') continue;
        const control = event.bytes.toString('latin1').split('|', 10)[9] ?? '';
        const answer = () => socket.write(`\x0bMSH|^~\\&|||||2026||ACK|1|P|2.4\rMSA|CA|${control}\r\x1c\r`);
        waiting.push({ bytes: event.bytes, answer });
      }
      flush();
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      fs.closeSync(journal);
      fs.rmSync(file, { force: true });
    },
  };
}

export async function hl7Hub() {
  const hub = await scratchHub();
  const hl7 = await startHl7(hub.ctx, { deliver: false });
  return { ...hub, port: hl7.port, close: () => hl7.close().then(hub.close) };
}
