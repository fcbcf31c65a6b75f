import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Acceptor, AcceptorOptions } from '../../../integrations/dimse/acceptor.ts';
import { associateRequest } from './conversation.ts';
import { listen } from '../../../integrations/dimse/acceptor.ts';
import type { Closing } from '../../../integrations/dimse/connection.ts';
import type { DimseServices, Peer, StoreRequest } from '../../../integrations/dimse/services.ts';

export interface Stored extends StoreRequest {
  readonly bytes: number;
  readonly sha256: string;
}

export interface TestScp {
  readonly port: number;
  readonly acceptor: Acceptor;
  readonly stored: Stored[];
  readonly aborted: string[];
  readonly endings: { peer: Peer; closing: Closing }[];
  close(): Promise<void>;
}

/** A listener on a free port that keeps only sizes and hashes of what it is sent. The calling AE title NOBODY is unknown. */
export async function startScp(
  services: Partial<DimseServices> = {},
  options: Partial<AcceptorOptions> = {},
): Promise<TestScp> {
  const stored: Stored[] = [];
  const aborted: string[] = [];
  const endings: { peer: Peer; closing: Closing }[] = [];
  const acceptor = await listen({
    aeTitle: 'HUB',
    host: '127.0.0.1',
    port: 0,
    ...options,
    services: {
      async admit({ callingAe, calledAe }) {
        if (calledAe !== 'HUB' && calledAe !== 'ANY-SCP') return 'wrong-called-ae';
        return callingAe === 'NOBODY' ? 'unknown' : { institutionId: 'liuhe', deviceId: 'ct1' };
      },
      associationEnded: (peer, closing) => endings.push({ peer, closing }),
      openStore(_peer, request) {
        const hash = createHash('sha256');
        let bytes = 0;
        return {
          write(slice) {
            hash.update(slice);
            bytes += slice.length;
          },
          async finish() {
            stored.push({ ...request, bytes, sha256: hash.digest('hex') });
            return { status: 0 };
          },
          abort: () => void aborted.push(request.sopInstanceUid),
        };
      },
      ...services,
    },
  });
  return { port: acceptor.port, acceptor, stored, aborted, endings, close: () => acceptor.close(200) };
}

/** A plain socket to the listener that gathers what comes back. */
export async function dial(
  port: number,
): Promise<{ socket: Socket; received: () => Buffer; closed: Promise<void> }> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const parts: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => parts.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await once(socket, 'connect');
  return { socket, received: () => Buffer.concat(parts), closed };
}

/** A socket on which an association has been accepted. */
export async function associated(port: number): ReturnType<typeof dial> {
  const line = await dial(port);
  line.socket.write(associateRequest());
  await until(() => line.received().length > 6);
  return line;
}

export async function until(condition: () => boolean, timeoutMs = 5000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > end) throw new Error('condition was not met in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
