import net from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { frameMessage, MllpDecoder } from '../../server/standards/hl7v2/frame.ts';

interface Task {
  port: number;
  connections: number;
  seconds: number;
  /** `commit`: enhanced mode, CA after the commit. `application`: original mode, AA after processing. */
  mode: 'commit' | 'application';
  kind: 'adt' | 'orm';
  run: string;
  /** Messages a connection sends before the first answer is back; 1 = the usual sender. */
  window?: number;
}

/** A sender in its own thread: each connection sends, waits for the answer, sends the next. */
const task = workerData as Task;
const latencies: number[] = [];
let refused = 0;
const until = performance.now() + task.seconds * 1000;
let serial = 0;

function message(connection: number): Buffer {
  const control = `${task.run}-${connection}-${++serial}`;
  const patient = `B${task.run}${serial}`;
  const head = `MSH|^~\\&|HIS|LIUHE|HUB|QHRM|20261122103000||${task.kind === 'adt' ? 'ADT^A04' : 'ORM^O01'}|${control}|P|2.4|||${task.mode === 'commit' ? 'AL|NE' : '|'}||UNICODE UTF-8\r`;
  const pid = `PID|1||${patient}^^^LIUHE^MR||王珅${serial}||19800506|M|||柳河镇人民路 1 号||13800001111\rPV1|1|O|内科\r`;
  const order =
    task.kind === 'orm'
      ? `ORC|NW|${control}|||||^^^^^R|||||1001^李^医生\rOBR|1|${control}||ECG-12^十二导联心电图|||20261122103000\r`
      : '';
  return frameMessage(Buffer.from(head + pid + order));
}

function drive(connection: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const decoder = new MllpDecoder();
    const socket = net.connect({ port: task.port, host: '127.0.0.1', noDelay: true });
    // Answers come in the order of the messages.
    const sentAt: number[] = [];
    const next = () => {
      if (performance.now() < until) {
        sentAt.push(performance.now());
        socket.write(message(connection));
      } else if (sentAt.length === 0) socket.end(resolve);
    };
    socket.on('connect', () => {
      for (let n = 0; n < (task.window ?? 1); n++) next();
    });
    socket.on('error', reject);
    socket.on('data', (chunk) => {
      for (const event of decoder.push(chunk)) {
        if (event.kind !== 'frame') continue;
        latencies.push(performance.now() - (sentAt.shift() ?? 0));
        if (!/\rMSA\|(AA|CA)\|/.test(event.bytes.toString('latin1'))) refused++;
        next();
      }
    });
  });
}

const began = performance.now();
const cpuBefore = process.threadCpuUsage();
await Promise.all(Array.from({ length: task.connections }, (_, n) => drive(n)));
const cpu = process.threadCpuUsage(cpuBefore);
parentPort?.postMessage({
  cpuSeconds: (cpu.user + cpu.system) / 1e6,
  count: latencies.length,
  refused,
  seconds: (performance.now() - began) / 1000,
  latencies,
});
