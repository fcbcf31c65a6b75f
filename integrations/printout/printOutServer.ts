import net from 'node:net';
import type { Context } from '../../server/core/context.ts';
import { MAX_PRINT_OUT_BYTES } from '../../server/sterilization/formats/readPrintOut.ts';
import { receivePrintOut } from '../../server/sterilization/printout/receivePrintOut.ts';

/** A printer port is silent between two records: what came before such a pause is one print-out. */
const QUIET_MS = 20_000;

export interface PrintOutServer {
  port: number;
  close(): Promise<void>;
}

/**
 * Takes print-outs over TCP, as serial servers (RS-232 to Ethernet) send them: raw bytes, no framing. A print-out ends
 * when the line closes or falls silent. The machine is known by the sender's address (`cssd_print_source`); where several
 * share one address, a first line `#<machine code>` tells them apart. Unknown senders are cut off.
 */
export async function startPrintOutServer(
  ctx: Context,
  options: { host: string; port: number; quietMs?: number },
): Promise<PrintOutServer> {
  const open = new Set<net.Socket>();
  const pending = new Set<Promise<void>>();
  const server = net.createServer((socket) => {
    open.add(socket);
    serve(ctx, socket, options.quietMs ?? QUIET_MS, (work) => {
      const kept = work
        .catch((err: unknown) => ctx.log.error({ err }, 'a print-out could not be kept'))
        .finally(() => pending.delete(kept));
      pending.add(kept);
    });
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : options.port,
    async close() {
      for (const socket of open) socket.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all(pending);
    },
  };
}

function serve(ctx: Context, socket: net.Socket, quietMs: number, keep: (work: Promise<void>) => void): void {
  const sender = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  let chunks: Buffer[] = [];
  let size = 0;
  const finish = () => {
    if (size === 0) return;
    const bytes = Buffer.concat(chunks);
    chunks = [];
    size = 0;
    keep(keepPrintOut(ctx, sender, bytes));
  };
  socket.setTimeout(quietMs);
  socket.on('timeout', finish);
  socket.on('data', (chunk) => {
    if (size + chunk.length > MAX_PRINT_OUT_BYTES) {
      finish(); // what came is kept and flagged as cut off by its profile
      ctx.log.warn({ sender }, 'a print-out grew beyond its limit; the line was cut');
      socket.destroy();
      return;
    }
    chunks.push(chunk);
    size += chunk.length;
  });
  socket.on('end', finish);
  socket.on('close', finish);
  socket.on('error', (err) => ctx.log.warn({ err, sender }, 'a print-out line broke'));
}

async function keepPrintOut(ctx: Context, sender: string, bytes: Buffer): Promise<void> {
  const named = /^#([A-Za-z0-9-]{1,20})\r?\n/.exec(bytes.subarray(0, 32).toString('latin1'));
  const candidates = [...(named ? [`${sender}#${named[1] ?? ''}`] : []), sender];
  const source = await ctx.db
    .selectFrom('cssdPrintSource')
    .select(['machineId', 'profileId'])
    .where('kind', '=', 'tcp')
    .where('active', '=', true)
    .where('address', 'in', candidates)
    .orderBy('address', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!source) {
    ctx.log.warn(
      { sender, bytes: bytes.length },
      'a print-out came from an address that no machine has: enter it as a print source',
    );
    return;
  }
  const body = named ? bytes.subarray(Buffer.byteLength(named[0], 'latin1')) : bytes;
  await receivePrintOut(ctx, {
    machineId: source.machineId,
    profileId: source.profileId,
    source: 'tcp',
    bytes: body,
  });
}
