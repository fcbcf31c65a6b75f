import type { DataSet, ElementList } from '../../server/standards/dicom/index.ts';
import type { Closing } from './connection.ts';
import type { StatusAnswer } from './status.ts';

/** Who asks for an association. */
export interface Caller {
  readonly callingAe: string;
  readonly calledAe: string;
  /** Remote address without the IPv4-in-IPv6 prefix. */
  readonly address: string;
  /** SHA-256 of the TLS client certificate, hexadecimal with colons; undefined without one. */
  readonly certificateFingerprint?: string | undefined;
}

export interface Admission {
  readonly institutionId: string;
  readonly deviceId: string;
}

/** An admitted peer; one object per association. */
export interface Peer extends Caller, Admission {
  /** Unique for each association, for log and audit. */
  readonly associationId: string;
}

export interface StoreRequest {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntax: string;
  /** AE title of whoever asked for this transfer by C-MOVE. */
  readonly moveOriginator?: string | undefined;
}

/** Takes one object's data set. */
export interface StoreSink {
  /**
   * Takes the next slice; it may keep the buffer until `finish` has answered, then its memory is taken back. A returned promise holds the peer back until it resolves, slices that were read already still come.
   * Must not throw: a failure is answered by `finish`.
   */
  write(bytes: Buffer): void | Promise<void>;
  /** Everything came: answer once it is durable. */
  finish(): Promise<StatusAnswer>;
  /** The association ended first: drop what there is. */
  abort(): void;
}

export type FindModel = 'worklist' | 'patient-root' | 'study-root';

export interface FindRequest {
  readonly model: FindModel;
  /** Query/Retrieve Level (0008,0052); "" for the worklist. */
  readonly level: string;
  readonly identifier: DataSet;
  /** Aborted by C-CANCEL and when the association ends. */
  readonly cancelled: AbortSignal;
}

export interface RetrieveRequest extends FindRequest {
  readonly model: 'patient-root' | 'study-root';
}

/** One object to send. */
export interface RetrievedInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly transferSyntax: string;
  /** The data set without file meta information. */
  open(): AsyncIterable<Buffer>;
  /** The same in another transfer syntax that a peer took instead; absent where it cannot be given. */
  recoded?: { readonly transferSyntax: string; open(): AsyncIterable<Buffer> };
}

export interface MoveDestination {
  readonly host: string;
  readonly port: number;
  readonly aeTitle: string;
}

export interface InstanceReference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
}

export interface CommitmentRequest {
  readonly transactionUid: string;
  readonly instances: readonly InstanceReference[];
}

/** Outcome of a storage commitment: every requested instance is in one of the lists. */
export interface CommitmentResult {
  readonly transactionUid: string;
  readonly committed: readonly InstanceReference[];
  readonly failed: readonly (InstanceReference & { readonly reason: number })[];
}

/**
 * What the hub does behind the wire. Services that are left out are refused on the wire. A thrown error becomes a status by `statusOf`.
 */
export interface DimseServices {
  /** Decides who may come in; `unknown` refuses the calling AE title, `wrong-called-ae` the called one. A thrown error refuses for the moment. */
  admit(caller: Caller): Promise<Admission | 'unknown' | 'wrong-called-ae'>;
  associationBegan?(peer: Peer): void;
  associationEnded?(peer: Peer, closing: Closing): void;
  /** A service failed and the peer was answered with a failure; for the log. */
  failed?(peer: Peer, error: unknown): void;
  openStore?(peer: Peer, request: StoreRequest): StoreSink | Promise<StoreSink>;
  find?(peer: Peer, request: FindRequest): AsyncIterable<ElementList>;
  /** Everything that matches, in the order to send. */
  retrieve?(peer: Peer, request: RetrieveRequest): Promise<readonly RetrievedInstance[]>;
  moveDestination?(peer: Peer, aeTitle: string): Promise<MoveDestination | undefined>;
  commitStorage?(peer: Peer, request: CommitmentRequest): Promise<CommitmentResult>;
  /** The result was reported on the association that asked. */
  commitmentReported?(peer: Peer, result: CommitmentResult): Promise<void>;
  /** It could not be reported there: report it on another association. */
  reportCommitmentLater?(peer: Peer, result: CommitmentResult): Promise<void>;
  createPerformedStep?(peer: Peer, sopInstanceUid: string, attributes: DataSet): Promise<void>;
  setPerformedStep?(peer: Peer, sopInstanceUid: string, attributes: DataSet): Promise<void>;
}
