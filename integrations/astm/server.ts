import net from 'node:net';
import { AstmConnection, type AstmParts } from './connection.ts';

/** Listens for analyzers that speak ASTM E1381/E1394 over TCP. Runs inside the role `hl7` when ASTM_PORT is set. */
export async function startAstm(
  parts: AstmParts,
  port: number,
  host: string,
): Promise<{ port: number; close(): Promise<void> }> {
  const open = new Map<net.Socket, AstmConnection>();
  const server = net.createServer({ noDelay: true }, (socket) => {
    open.set(socket, new AstmConnection(socket, parts));
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : port,
    async close() {
      const stopped = new Promise((resolve) => server.close(resolve));
      await Promise.all([...open.values()].map((one) => one.settled()));
      for (const socket of open.keys()) socket.destroy();
      await stopped;
    },
  };
}
