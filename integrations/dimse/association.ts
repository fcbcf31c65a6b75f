import type { Command } from './command.ts';
import { commandFields, isResponse, maxCommandLength, readCommand } from './command.ts';
import type { Closing, Connection } from './connection.ts';
import { IncomingData } from './incomingData.ts';
import { MessageWriter } from './messageWriter.ts';
import type { IncomingResponse } from './outgoingRequests.ts';
import { OutgoingRequests } from './outgoingRequests.ts';
import type { PresentationContext } from './negotiate.ts';
import type { RoleSelection, UserInformation } from './pdu.ts';
import { aborts, ProtocolError } from './pdu.ts';
import type { Fragment } from './pduReader.ts';
import { dataCapacity, writeReleaseReply, writeReleaseRequest } from './writePdu.ts';

/** A request that the peer sent. */
export interface IncomingRequest {
  readonly context: PresentationContext;
  readonly command: Command;
  /** The data set behind the command; undefined where there is none. */
  readonly data: IncomingData | undefined;
  /** Aborted by C-CANCEL for this message or by the end of the association. */
  readonly cancelled: AbortSignal;
}

export interface AssociationInit {
  readonly connection: Connection;
  readonly callingAe: string;
  readonly calledAe: string;
  readonly contexts: ReadonlyMap<number, PresentationContext>;
  readonly peer: UserInformation;
  /** Roles of the association requestor as agreed. */
  readonly roles: readonly RoleSelection[];
  /** Serves requests of the peer, one at a time; its failure aborts the association. */
  readonly serve: (association: Association, request: IncomingRequest) => Promise<void>;
  /** Without anything from the peer for so long, while it is its turn: abort. */
  readonly idleTimeoutMs: number;
}

/**
 * An established association, on either side: takes requests one by one (no asynchronous window was agreed), sends requests and responses, releases and
 * aborts. Data sets go through as slices.
 */
export class Association {
  readonly callingAe: string;
  readonly calledAe: string;
  readonly contexts: ReadonlyMap<number, PresentationContext>;
  readonly peer: UserInformation;
  readonly roles: readonly RoleSelection[];
  readonly connection: Connection;
  readonly #init: AssociationInit;
  readonly #writer: MessageWriter;
  readonly #ended = new AbortController();
  readonly #requests: OutgoingRequests;
  #commandParts: Buffer[] = [];
  #commandLength = 0;
  #data: IncomingData | undefined;
  #serving: { messageId: number; cancel: AbortController } | undefined;
  #heldRequest: { contextId: number; command: Command } | undefined;
  #heldFragments: Fragment[] = [];
  #releaseAsked = false;
  #stopping = false;
  #releasing = false;

  constructor(init: AssociationInit) {
    this.#init = init;
    this.connection = init.connection;
    this.callingAe = init.callingAe;
    this.calledAe = init.calledAe;
    this.contexts = init.contexts;
    this.peer = init.peer;
    this.roles = init.roles;
    this.#writer = new MessageWriter(init.connection, dataCapacity(init.peer.maxPduLength));
    this.#requests = new OutgoingRequests(this.#writer);
    const unexpected = (): void =>
      this.connection.abort(aborts.unexpectedPdu, 'association PDU inside an association');
    this.connection.events = {
      associateRequest: unexpected,
      associateAccept: unexpected,
      associateReject: unexpected,
      fragment: (fragment) => this.#fragment(fragment),
      releaseRequest: () => this.#releaseRequest(),
      releaseReply: () => this.#releaseReply(),
      abort() {},
    };
    this.connection.onEnd((closing) => this.#end(closing));
    this.connection.socket.setTimeout(init.idleTimeoutMs);
    this.connection.socket.on('timeout', () => this.#idle());
  }

  /** Aborted when the association is over, whatever the reason. */
  get ended(): AbortSignal {
    return this.#ended.signal;
  }

  /** Context agreed for an abstract syntax, the one with the wanted transfer syntax first. */
  contextFor(abstractSyntax: string, transferSyntax?: string): PresentationContext | undefined {
    const all = [...this.contexts.values()].filter((context) => context.abstractSyntax === abstractSyntax);
    return transferSyntax === undefined
      ? all[0]
      : all.find((context) => context.transferSyntax === transferSyntax);
  }

  /** Sends a message in one write. */
  send(contextId: number, command: Command, dataSet?: Buffer): void | Promise<void> {
    return this.#writer.send(contextId, command, dataSet);
  }

  /**
   * Sends a request and yields its responses up to the final one. `command.messageId` is given here.
   * @throws Error when the association ends first
   */
  request(
    contextId: number,
    command: Omit<Command, 'messageId' | 'hasDataSet'>,
    dataSet?: Buffer | AsyncIterable<Buffer>,
  ): AsyncGenerator<IncomingResponse> {
    return this.#requests.send(contextId, command, dataSet);
  }

  /** Releases in order; resolves when the connection is closed. */
  async release(): Promise<void> {
    if (!this.connection.open) return;
    const closed = new Promise<void>((resolve) => this.connection.onClose(() => resolve()));
    this.#releasing = true;
    this.connection.write(writeReleaseRequest());
    this.connection.startArtim();
    await closed;
  }

  abort(detail: string): void {
    this.connection.abort(aborts.byUser, detail);
  }

  /** Aborts as soon as no operation runs: the program stops. */
  stopWhenIdle(): void {
    this.#stopping = true;
    if (this.#serving === undefined) this.abort('the hub stops');
  }

  #fragment(fragment: Fragment): void {
    if (this.#heldRequest !== undefined) {
      this.#heldFragments.push({ ...fragment });
      return;
    }
    if (!fragment.command) {
      const data = this.#data;
      if (data === undefined || data.contextId !== fragment.contextId)
        throw new ProtocolError(aborts.unexpectedPdu, 'data set without a command');
      if (fragment.last) this.#data = undefined;
      data.push(fragment.bytes, fragment.last);
      return;
    }
    if (this.#data !== undefined) throw new ProtocolError(aborts.unexpectedPdu, 'command inside a data set');
    this.#commandLength += fragment.bytes.length;
    if (this.#commandLength > maxCommandLength)
      throw new ProtocolError(aborts.invalidParameter, 'command set too long');
    this.#commandParts.push(fragment.bytes);
    if (!fragment.last) return;
    const [only] = this.#commandParts;
    const bytes =
      this.#commandParts.length === 1 && only !== undefined ? only : Buffer.concat(this.#commandParts);
    this.#commandParts = [];
    this.#commandLength = 0;
    this.#command(fragment.contextId, readCommand(bytes));
  }

  #command(contextId: number, command: Command): void {
    const context = this.contexts.get(contextId);
    if (context === undefined)
      throw new ProtocolError(aborts.invalidParameter, `presentation context ${contextId} was not accepted`);
    if (command.commandField === commandFields.cCancelRq) {
      if (this.#serving?.messageId === command.messageIdBeingRespondedTo) this.#serving?.cancel.abort();
      return;
    }
    if (isResponse(command)) {
      this.#response(context, command);
      return;
    }
    if (this.#serving !== undefined) {
      this.#heldRequest = { contextId, command };
      this.connection.pause();
      return;
    }
    const data = command.hasDataSet ? new IncomingData(contextId, this.connection) : undefined;
    this.#data = data;
    const cancel = new AbortController();
    this.#serving = { messageId: command.messageId ?? 0, cancel };
    this.#init.serve(this, { context, command, data, cancelled: cancel.signal }).then(
      () => this.#served(),
      (error: unknown) => {
        this.#serving = undefined;
        this.connection.abort(aborts.notSpecified, error instanceof Error ? error.message : String(error));
      },
    );
  }

  #response(context: PresentationContext, command: Command): void {
    const data = command.hasDataSet ? new IncomingData(context.id, this.connection) : undefined;
    this.#data = data;
    this.#requests.answer(command, data);
  }

  #served(): void {
    this.#serving = undefined;
    if (this.#stopping) {
      this.abort('the hub stops');
      return;
    }
    const held = this.#heldRequest;
    if (held === undefined) {
      if (this.#releaseAsked) this.#releaseRequest();
      return;
    }
    this.#heldRequest = undefined;
    try {
      this.#command(held.contextId, held.command);
      for (const fragment of this.#heldFragments.splice(0)) this.#fragment(fragment);
    } catch (error) {
      if (error instanceof ProtocolError) this.connection.abort(error.abort, error.message);
      else throw error;
    }
    this.connection.resume();
  }

  #releaseRequest(): void {
    if (this.#serving !== undefined) {
      this.#releaseAsked = true;
      return;
    }
    this.connection.closeWith(writeReleaseReply(), { kind: 'released', detail: 'released by the peer' });
  }

  #releaseReply(): void {
    if (!this.#releasing) throw new ProtocolError(aborts.unexpectedPdu, 'release reply to nothing');
    this.connection.closeWith(undefined, { kind: 'released', detail: 'released' });
  }

  #idle(): void {
    const waitingForUs =
      this.#serving !== undefined && this.#data?.arriving !== true && this.#requests.open === 0;
    if (!waitingForUs) this.connection.abort(aborts.byUser, 'idle for too long');
  }

  #end(closing: Closing): void {
    this.#data?.abort();
    this.#serving?.cancel.abort();
    this.#ended.abort();
    this.#requests.fail(new Error(`the association ended before the answer: ${closing.detail}`));
  }
}
