import { connect } from 'node:net';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { connect as connectTls } from 'node:tls';
import { transferSyntaxes } from '../../server/standards/dicom/uids.ts';
import { Association } from './association.ts';
import { Connection } from './connection.ts';
import type { PresentationContext } from './negotiate.ts';
import type { AssociateAccept, ProposedContext, RoleSelection } from './pdu.ts';
import { aborts } from './pdu.ts';
import { writeAssociateRequest } from './writePdu.ts';
import { defaultMaxPduLength } from './limits.ts';

export interface RequestedContext {
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

export interface AssociationRequestOptions {
  readonly host: string;
  readonly port: number;
  readonly calledAe: string;
  readonly callingAe: string;
  readonly contexts: readonly RequestedContext[];
  readonly roles?: readonly RoleSelection[];
  readonly tls?: TlsOptions;
  readonly maxPduLength?: number;
  readonly timeoutMs?: number;
  /** Serves what the peer asks on this association (C-GET's C-STORE, N-EVENT-REPORT); without it the association is aborted. */
  readonly serve?: ConstructorParameters<typeof Association>[0]['serve'];
}

/** The peer refused the association (PS3.8 §9.3.4). */
export class AssociationRejected extends Error {
  readonly result: number;
  readonly source: number;
  readonly reason: number;

  constructor(result: number, source: number, reason: number) {
    super(`association rejected: result ${result}, source ${source}, reason ${reason}`);
    this.name = 'AssociationRejected';
    this.result = result;
    this.source = source;
    this.reason = reason;
  }
}

const messageSyntaxes = [transferSyntaxes.explicitLittleEndian, transferSyntaxes.implicitLittleEndian];

/** A context for a service whose data sets the hub writes itself. */
export function messageContext(abstractSyntax: string): RequestedContext {
  return { abstractSyntax, transferSyntaxes: messageSyntaxes };
}

/** One context for every pair of SOP class and transfer syntax, at most 128. */
export function storageContexts(
  instances: Iterable<{ readonly sopClassUid: string; readonly transferSyntax: string }>,
): RequestedContext[] {
  const contexts = new Map<string, RequestedContext>();
  for (const { sopClassUid, transferSyntax } of instances) {
    const key = `${sopClassUid} ${transferSyntax}`;
    if (contexts.size < 128)
      contexts.set(key, { abstractSyntax: sopClassUid, transferSyntaxes: [transferSyntax] });
  }
  return [...contexts.values()];
}

/**
 * Opens an association as requestor.
 * @throws AssociationRejected, or Error when the peer cannot be reached or ends the connection
 */
export function requestAssociation(options: AssociationRequestOptions): Promise<Association> {
  const { host, port, callingAe, calledAe, timeoutMs = 30_000, maxPduLength = defaultMaxPduLength } = options;
  const contexts: ProposedContext[] = options.contexts.map((context, index) => ({
    id: index * 2 + 1,
    ...context,
  }));
  const socket =
    options.tls === undefined
      ? connect({ host, port, noDelay: true })
      : connectTls({ ...options.tls, host, port });
  const connection = new Connection(socket, { maxPduLength, artimMs: timeoutMs });
  return new Promise((resolve, reject) => {
    const unexpected = (): void =>
      connection.abort(aborts.unexpectedPdu, 'PDU before the association was accepted');
    connection.onClose((closing) => reject(new Error(`no association with ${calledAe}: ${closing.detail}`)));
    connection.events = {
      associateRequest: unexpected,
      associateAccept: (accept) => {
        connection.stopArtim();
        resolve(associationOf(connection, options, contexts, accept));
      },
      associateReject: ({ result, source, reason }) => {
        reject(new AssociationRejected(result, source, reason));
        connection.closeWith(undefined, { kind: 'rejected', detail: 'rejected by the peer' });
      },
      fragment: unexpected,
      releaseRequest: unexpected,
      releaseReply: unexpected,
      abort() {},
    };
    connection.write(
      writeAssociateRequest({ calledAe, callingAe, contexts, maxPduLength, roles: options.roles ?? [] }),
    );
  });
}

function associationOf(
  connection: Connection,
  options: AssociationRequestOptions,
  proposed: readonly ProposedContext[],
  accept: AssociateAccept,
): Association {
  const contexts = new Map<number, PresentationContext>();
  for (const { id, result, transferSyntax } of accept.contexts) {
    const abstractSyntax = proposed.find((context) => context.id === id)?.abstractSyntax;
    if (result === 0 && abstractSyntax !== undefined)
      contexts.set(id, { id, abstractSyntax, transferSyntax });
  }
  return new Association({
    connection,
    callingAe: options.callingAe,
    calledAe: options.calledAe,
    contexts,
    peer: accept.user,
    roles: accept.user.roles,
    idleTimeoutMs: options.timeoutMs ?? 30_000,
    serve:
      options.serve ??
      (async () => Promise.reject(new Error('the peer asked for a service that is not offered'))),
  });
}
