import net from 'node:net';
import type { AddressInfo } from 'node:net';

export interface PublicServer {
  name: string;
  /** Absent when the package is not installed. */
  port?: number;
  close(): Promise<void>;
}

/**
 * MLLP servers that anybody can take from npm, answering as their documentation shows. They read the message and
 * acknowledge it; neither keeps anything. A bound for what the hub does besides, not an equal in durability.
 */
export async function publicServers(): Promise<PublicServer[]> {
  return [await medplum(), await nodeHl7Server()];
}

/** Of `@medplum/hl7`, which wants a newer Node than the hub's own entry and so is no dependency: `npm install --no-save`. */
interface MedplumLibrary {
  Hl7Server: new (
    onConnection: (connection: {
      addEventListener(type: 'message', listen: (event: { message: { buildAck(): unknown } }) => void): void;
      send(reply: unknown): void;
    }) => void,
  ) => { start(port: number): Promise<void>; stop(options: { forceDrainTimeoutMs: number }): Promise<void> };
}

async function medplum(): Promise<PublicServer> {
  const name: string = '@medplum/hl7';
  const library = (await import(name).catch(() => undefined)) as MedplumLibrary | undefined;
  if (!library) return { name, close: () => Promise.resolve() };
  const server = new library.Hl7Server((connection) => {
    connection.addEventListener('message', ({ message }) => connection.send(message.buildAck()));
  });
  const port = await freePort();
  await server.start(port);
  return { name, port, close: () => server.stop({ forceDrainTimeoutMs: 1000 }) };
}

async function nodeHl7Server(): Promise<PublicServer> {
  const name = 'node-hl7-server';
  const library = await import('node-hl7-server').catch(() => undefined);
  if (!library) return { name, close: () => Promise.resolve() };
  const port = await freePort();
  const server = new library.Server({ bindAddress: '127.0.0.1' });
  const inbound = server.createInbound({ port }, async (_request, response) => {
    await response.sendResponse('AA');
  });
  await new Promise<void>((resolve) => inbound.once('listen', () => resolve()));
  return { name, port, close: async () => void (await inbound.close()) };
}

/** These packages want to be told a port. */
async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
