import { randomUUID } from 'node:crypto';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { applicationContextUid } from '../../server/standards/dicom/uids.ts';
import { Association } from './association.ts';
import type { Closing } from './connection.ts';
import { Connection } from './connection.ts';
import type { Limits } from './limits.ts';
import { defaultLimits } from './limits.ts';
import { negotiate, negotiateRoles } from './negotiate.ts';
import type { AssociateRequest, Rejection } from './pdu.ts';
import { aborts, rejections } from './pdu.ts';
import type { PduEvents } from './pduReader.ts';
import { serve } from './scp/serve.ts';
import type { Caller, DimseServices, Peer } from './services.ts';
import { writeAssociateAccept, writeAssociateReject } from './writePdu.ts';

export interface AcceptorOptions {
  readonly services: DimseServices;
  readonly aeTitle: string;
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Certificate and key for DICOM TLS (PS3.15 Annex B); `requestCert` to know devices by certificate. */
  readonly tls?: TlsOptions;
  readonly limits?: Partial<Limits>;
}

export interface Acceptor {
  readonly port: number;
  /** Associations at this moment. */
  readonly associations: number;
  /** Takes no more associations, lets running operations end, aborts what is left after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/** Connections beyond the association limit that still get a proper refusal; more are dropped. */
const refusalRoom = 64;

/** Listens for associations and serves them. */
export async function listen(options: AcceptorOptions): Promise<Acceptor> {
  const limits = { ...defaultLimits, ...options.limits };
  const door = new Door(options, limits);
  const accept = (socket: Socket): void => door.open(socket);
  const server: Server =
    options.tls === undefined
      ? createServer({ noDelay: true }, accept)
      : createTlsServer({ ...options.tls, noDelay: true, handshakeTimeout: limits.artimMs }, accept);
  server.maxConnections = limits.maxAssociations + refusalRoom;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  server.on('error', () => undefined);
  server.on('tlsClientError', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    get associations() {
      return door.associations;
    },
    close: (graceMs = 5_000) => door.close(server, graceMs),
  };
}

/** Who is inside, and who may come in. */
class Door {
  readonly #options: AcceptorOptions;
  readonly #limits: Limits;
  readonly #connections = new Set<Connection>();
  readonly #busy = new Set<Association>();
  readonly #perAddress = new Map<string, number>();
  #closing = false;

  constructor(options: AcceptorOptions, limits: Limits) {
    this.#options = options;
    this.#limits = limits;
  }

  get associations(): number {
    return this.#busy.size;
  }

  open(socket: Socket): void {
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const connection = new Connection(socket, this.#limits);
    this.#connections.add(connection);
    const count = (this.#perAddress.get(address) ?? 0) + 1;
    this.#perAddress.set(address, count);
    const full =
      this.#closing ||
      this.#connections.size > this.#limits.maxAssociations ||
      count > this.#limits.maxAssociationsPerAddress;
    connection.onClose(() => {
      this.#connections.delete(connection);
      const left = (this.#perAddress.get(address) ?? 1) - 1;
      if (left === 0) this.#perAddress.delete(address);
      else this.#perAddress.set(address, left);
    });
    if (count > this.#limits.maxAssociationsPerAddress + refusalRoom) {
      connection.destroy();
      return;
    }
    const unexpected = (): void =>
      connection.abort(aborts.unexpectedPdu, 'PDU before the association was accepted');
    const deciding: PduEvents = {
      associateRequest: unexpected,
      associateAccept: unexpected,
      associateReject: unexpected,
      fragment: unexpected,
      releaseRequest: unexpected,
      releaseReply: unexpected,
      abort() {},
    };
    connection.events = {
      ...deciding,
      associateRequest: (request) => {
        connection.events = deciding;
        connection.stopArtim();
        if (full) reject(connection, rejections.localLimitExceeded, 'too many associations');
        else void this.#decide(connection, request, address);
      },
    };
  }

  async #decide(connection: Connection, request: AssociateRequest, address: string): Promise<void> {
    if ((request.protocolVersion & 1) === 0)
      return reject(connection, rejections.protocolVersionNotSupported, 'protocol version');
    if (request.applicationContext !== applicationContextUid)
      return reject(connection, rejections.applicationContextNotSupported, 'application context');
    connection.pause();
    const caller: Caller = {
      callingAe: request.callingAe,
      calledAe: request.calledAe,
      address,
      certificateFingerprint: fingerprintOf(connection.socket),
    };
    const admission = await this.#options.services.admit(caller).catch(() => 'unavailable' as const);
    connection.resume();
    if (!connection.open) return;
    if (admission === 'unavailable')
      return reject(connection, rejections.temporaryCongestion, 'admission not possible now');
    if (admission === 'unknown')
      return reject(connection, rejections.callingAeNotRecognized, 'unknown calling AE title');
    if (admission === 'wrong-called-ae')
      return reject(connection, rejections.calledAeNotRecognized, 'unknown called AE title');
    this.#accept(connection, request, { ...caller, ...admission, associationId: randomUUID() });
  }

  #accept(connection: Connection, request: AssociateRequest, peer: Peer): void {
    const { services, aeTitle } = this.#options;
    const { answers, accepted } = negotiate(request.contexts);
    const roles = negotiateRoles(request.user.roles);
    const association = new Association({
      connection,
      callingAe: request.callingAe,
      calledAe: request.calledAe,
      contexts: accepted,
      peer: request.user,
      roles,
      idleTimeoutMs: this.#limits.idleTimeoutMs,
      serve: (own, incoming) => serve({ association: own, peer, services, aeTitle }, incoming),
    });
    this.#busy.add(association);
    connection.onClose((closing: Closing) => {
      this.#busy.delete(association);
      services.associationEnded?.(peer, closing);
    });
    services.associationBegan?.(peer);
    connection.write(
      writeAssociateAccept({
        calledAe: request.calledAe,
        callingAe: request.callingAe,
        contexts: answers,
        maxPduLength: this.#limits.maxPduLength,
        roles,
      }),
    );
  }

  async close(server: Server, graceMs: number): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const connection of this.#connections) {
      if (![...this.#busy].some((association) => association.connection === connection)) connection.destroy();
    }
    const deadline = setTimeout(() => {
      for (const association of this.#busy) association.abort('the hub stops');
      setTimeout(() => {
        for (const connection of this.#connections) connection.destroy();
      }, 500).unref();
    }, graceMs);
    for (const association of this.#busy) association.stopWhenIdle();
    await closed;
    clearTimeout(deadline);
  }
}

function reject(connection: Connection, rejection: Rejection, detail: string): void {
  connection.closeWith(writeAssociateReject(rejection), { kind: 'rejected', detail });
}

function fingerprintOf(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  return socket.getPeerCertificate()?.fingerprint256;
}
