import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { AssociateRequest } from '../../../integrations/dimse/pdu.ts';
import { PduReader, type PduEvents } from '../../../integrations/dimse/pduReader.ts';
import { writeAssociateAccept, writeReleaseReply } from '../../../integrations/dimse/writePdu.ts';
import { explicit } from './conversation.ts';

export interface RawPeer {
  readonly port: number;
  /** Kinds of PDU that came, oldest first. */
  readonly heard: string[];
  close(): Promise<void>;
}

type Say = (...pdus: Buffer[]) => void;

/** A far end of our own associations that says what its script says, sound or not; what the script leaves out is not answered. */
export async function startPeer(script: (say: Say, socket: Socket) => Partial<PduEvents>): Promise<RawPeer> {
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    const events = script((...pdus) => void socket.write(Buffer.concat(pdus)), socket);
    const hear = (kind: keyof PduEvents) => (given?: unknown) => {
      heard.push(kind);
      (events[kind] as ((given: unknown) => void) | undefined)?.(given);
    };
    const reader = new PduReader(
      {
        associateRequest: hear('associateRequest'),
        associateAccept: hear('associateAccept'),
        associateReject: hear('associateReject'),
        fragment: hear('fragment'),
        releaseRequest: hear('releaseRequest'),
        releaseReply: hear('releaseReply'),
        abort: hear('abort'),
      },
      1_000_000,
    );
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Accepts every context that was proposed, in explicit little endian. */
export const acceptOf = (
  request: AssociateRequest,
  more: Partial<Parameters<typeof writeAssociateAccept>[0]> = {},
): Buffer =>
  writeAssociateAccept({
    calledAe: request.calledAe,
    callingAe: request.callingAe,
    contexts: request.contexts.map(({ id }) => ({ id, result: 0, transferSyntax: explicit })),
    maxPduLength: 16_384,
    roles: request.user.roles,
    ...more,
  });

/** What a sound peer does with the begin and the end of an association. */
export const sound = (say: Say): Partial<PduEvents> => ({
  associateRequest: (request) => say(acceptOf(request)),
  releaseRequest: () => say(writeReleaseReply()),
});
