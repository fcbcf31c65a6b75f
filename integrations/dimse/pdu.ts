/** Protocol data units of the DICOM upper layer (PS3.8 §9.3). */
export const pduTypes = {
  associateRq: 0x01,
  associateAc: 0x02,
  associateRj: 0x03,
  dataTf: 0x04,
  releaseRq: 0x05,
  releaseRp: 0x06,
  abort: 0x07,
} as const;

/** A presentation context as proposed: one abstract syntax, several transfer syntaxes. */
export interface ProposedContext {
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** Result of one context (PS3.8 Table 9-18): 0 accepted, 1 user rejection, 2 no reason, 3 abstract syntax, 4 transfer syntaxes not supported. */
export interface AnsweredContext {
  readonly id: number;
  readonly result: 0 | 1 | 2 | 3 | 4;
  readonly transferSyntax: string;
}

/** SCP/SCU role selection (PS3.7 §D.3.3.4): roles of the association requestor for one SOP class. */
export interface RoleSelection {
  readonly sopClassUid: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

/** User identity negotiation (PS3.7 §D.3.3.7): 1 user name, 2 with passcode, 3 Kerberos, 4 SAML, 5 JSON web token. */
export interface UserIdentity {
  readonly type: number;
  readonly responseRequested: boolean;
  readonly primaryField: Buffer;
  readonly secondaryField: Buffer;
}

export interface UserInformation {
  /** Longest P-DATA-TF that the sender of this item wants to receive; 0 = no limit. */
  readonly maxPduLength: number;
  readonly implementationClassUid: string;
  readonly implementationVersionName?: string | undefined;
  /** Asynchronous operations window proposed by the peer; the hub never answers it, which keeps it at one. */
  readonly asynchronousOperations?: { readonly invoked: number; readonly performed: number } | undefined;
  readonly roles: readonly RoleSelection[];
  readonly userIdentity?: UserIdentity | undefined;
}

export interface AssociateRequest {
  readonly protocolVersion: number;
  readonly calledAe: string;
  readonly callingAe: string;
  readonly applicationContext: string;
  readonly contexts: readonly ProposedContext[];
  readonly user: UserInformation;
}

export interface AssociateAccept {
  readonly calledAe: string;
  readonly callingAe: string;
  readonly contexts: readonly AnsweredContext[];
  readonly user: UserInformation;
}

/** A-ASSOCIATE-RJ (PS3.8 §9.3.4). */
export interface Rejection {
  readonly result: 1 | 2;
  readonly source: 1 | 2 | 3;
  readonly reason: number;
}

export const rejections = {
  noReason: { result: 1, source: 1, reason: 1 },
  applicationContextNotSupported: { result: 1, source: 1, reason: 2 },
  callingAeNotRecognized: { result: 1, source: 1, reason: 3 },
  calledAeNotRecognized: { result: 1, source: 1, reason: 7 },
  protocolVersionNotSupported: { result: 1, source: 2, reason: 2 },
  temporaryCongestion: { result: 2, source: 3, reason: 1 },
  localLimitExceeded: { result: 2, source: 3, reason: 2 },
} as const satisfies Record<string, Rejection>;

/** A-ABORT (PS3.8 §9.3.8): source 0 service user, 2 service provider. */
export interface Abort {
  readonly source: number;
  readonly reason: number;
}

export const aborts = {
  byUser: { source: 0, reason: 0 },
  notSpecified: { source: 2, reason: 0 },
  unrecognizedPdu: { source: 2, reason: 1 },
  unexpectedPdu: { source: 2, reason: 2 },
  unrecognizedParameter: { source: 2, reason: 4 },
  unexpectedParameter: { source: 2, reason: 5 },
  invalidParameter: { source: 2, reason: 6 },
} as const satisfies Record<string, Abort>;

/** The peer broke the protocol; the association is aborted with this reason. */
export class ProtocolError extends Error {
  readonly abort: Abort;

  constructor(abort: Abort, message: string) {
    super(message);
    this.name = 'ProtocolError';
    this.abort = abort;
  }
}
