import {
  applicationContextUid,
  implementationClassUid,
  implementationVersionName,
} from '../../server/standards/dicom/uids.ts';
import type { Abort, AnsweredContext, ProposedContext, Rejection, RoleSelection } from './pdu.ts';
import { pduTypes } from './pdu.ts';
import { itemTypes } from './readAssociate.ts';

function pdu(type: number, body: Buffer): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt8(type, 0);
  head.writeUInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

function item(type: number, body: Buffer | string): Buffer {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  const head = Buffer.alloc(4);
  head.writeUInt8(type, 0);
  head.writeUInt16BE(bytes.length, 2);
  return Buffer.concat([head, bytes]);
}

function associateHead(calledAe: string, callingAe: string): Buffer {
  const head = Buffer.alloc(68);
  head.writeUInt16BE(1, 0); // protocol version
  head.write(calledAe.slice(0, 16).padEnd(16), 4, 'latin1');
  head.write(callingAe.slice(0, 16).padEnd(16), 20, 'latin1');
  return head;
}

function userInformation(maxPduLength: number, roles: readonly RoleSelection[]): Buffer {
  const maxLength = Buffer.alloc(4);
  maxLength.writeUInt32BE(maxPduLength);
  return item(
    itemTypes.userInformation,
    Buffer.concat([
      item(itemTypes.maxLength, maxLength),
      item(itemTypes.implementationClassUid, implementationClassUid),
      ...roles.map(roleSelection),
      item(itemTypes.implementationVersionName, implementationVersionName),
    ]),
  );
}

function roleSelection({ sopClassUid, scu, scp }: RoleSelection): Buffer {
  const uid = Buffer.from(sopClassUid, 'latin1');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(uid.length);
  return item(itemTypes.roleSelection, Buffer.concat([length, uid, Buffer.from([scu ? 1 : 0, scp ? 1 : 0])]));
}

export interface AssociateRequestToWrite {
  readonly calledAe: string;
  readonly callingAe: string;
  readonly contexts: readonly ProposedContext[];
  readonly maxPduLength: number;
  readonly roles?: readonly RoleSelection[];
}

export function writeAssociateRequest(request: AssociateRequestToWrite): Buffer {
  const contexts = request.contexts.map(({ id, abstractSyntax, transferSyntaxes }) =>
    item(
      itemTypes.proposedContext,
      Buffer.concat([
        Buffer.from([id, 0, 0, 0]),
        item(itemTypes.abstractSyntax, abstractSyntax),
        ...transferSyntaxes.map((syntax) => item(itemTypes.transferSyntax, syntax)),
      ]),
    ),
  );
  return pdu(
    pduTypes.associateRq,
    Buffer.concat([
      associateHead(request.calledAe, request.callingAe),
      item(itemTypes.applicationContext, applicationContextUid),
      ...contexts,
      userInformation(request.maxPduLength, request.roles ?? []),
    ]),
  );
}

export interface AssociateAcceptToWrite {
  readonly calledAe: string;
  readonly callingAe: string;
  readonly contexts: readonly AnsweredContext[];
  readonly maxPduLength: number;
  readonly roles?: readonly RoleSelection[];
}

export function writeAssociateAccept(accept: AssociateAcceptToWrite): Buffer {
  const contexts = accept.contexts.map(({ id, result, transferSyntax }) =>
    item(
      itemTypes.answeredContext,
      Buffer.concat([Buffer.from([id, 0, result, 0]), item(itemTypes.transferSyntax, transferSyntax)]),
    ),
  );
  return pdu(
    pduTypes.associateAc,
    Buffer.concat([
      associateHead(accept.calledAe, accept.callingAe),
      item(itemTypes.applicationContext, applicationContextUid),
      ...contexts,
      userInformation(accept.maxPduLength, accept.roles ?? []),
    ]),
  );
}

export function writeAssociateReject({ result, source, reason }: Rejection): Buffer {
  return pdu(pduTypes.associateRj, Buffer.from([0, result, source, reason]));
}

export function writeReleaseRequest(): Buffer {
  return pdu(pduTypes.releaseRq, Buffer.alloc(4));
}

export function writeReleaseReply(): Buffer {
  return pdu(pduTypes.releaseRp, Buffer.alloc(4));
}

export function writeAbort({ source, reason }: Abort): Buffer {
  return pdu(pduTypes.abort, Buffer.from([0, 0, source, reason]));
}

/** Longest PDU sent to peers that set no limit. */
const defaultMaxPduLength = 128 * 1024;

/** Bytes of data that fit one P-DATA-TF for a peer that announced `peerMaxPduLength` (0 = no limit). */
export function dataCapacity(peerMaxPduLength: number): number {
  const length =
    peerMaxPduLength === 0 ? defaultMaxPduLength : Math.min(peerMaxPduLength, defaultMaxPduLength);
  return Math.max(length - 6, 64) & ~1;
}

/** Head of a P-DATA-TF with one data value (PS3.8 §9.3.5); the `length` bytes of data follow it. */
export function dataHead(contextId: number, length: number, command: boolean, last: boolean): Buffer {
  const head = Buffer.allocUnsafe(12);
  head.writeUInt16BE(pduTypes.dataTf << 8, 0);
  head.writeUInt32BE(length + 6, 2);
  head.writeUInt32BE(length + 2, 6);
  head.writeUInt8(contextId, 10);
  head.writeUInt8((command ? 1 : 0) | (last ? 2 : 0), 11);
  return head;
}

/** A whole command or data set as P-DATA-TF PDUs no longer than the peer takes, parts to be written together. */
export function dataPdus(contextId: number, bytes: Buffer, command: boolean, capacity: number): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += capacity) {
    const slice = bytes.subarray(at, at + capacity);
    parts.push(dataHead(contextId, slice.length, command, at + slice.length >= bytes.length), slice);
  }
  return parts;
}
