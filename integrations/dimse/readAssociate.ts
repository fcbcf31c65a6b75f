import type {
  AnsweredContext,
  AssociateAccept,
  AssociateRequest,
  ProposedContext,
  RoleSelection,
  UserIdentity,
  UserInformation,
} from './pdu.ts';
import { aborts, ProtocolError } from './pdu.ts';

/** Item types of PS3.8 §9.3.2, §9.3.3 and PS3.7 Annex D. */
export const itemTypes = {
  applicationContext: 0x10,
  proposedContext: 0x20,
  answeredContext: 0x21,
  abstractSyntax: 0x30,
  transferSyntax: 0x40,
  userInformation: 0x50,
  maxLength: 0x51,
  implementationClassUid: 0x52,
  asynchronousOperations: 0x53,
  roleSelection: 0x54,
  implementationVersionName: 0x55,
  userIdentity: 0x58,
} as const;

const maxContexts = 128; // odd identifiers 1 … 255

interface Item {
  readonly type: number;
  readonly body: Buffer;
}

/** Items of `u8 type, u8 reserved, u16 length`, one behind the other. */
function readItems(bytes: Buffer, from: number): Item[] {
  const items: Item[] = [];
  let at = from;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) throw invalid('an item is cut');
    const end = at + 4 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) throw invalid('an item is longer than its PDU');
    items.push({ type: bytes.readUInt8(at), body: bytes.subarray(at + 4, end) });
    at = end;
  }
  return items;
}

function invalid(message: string): ProtocolError {
  return new ProtocolError(aborts.invalidParameter, message);
}

/** UIDs in items are not padded (PS3.8 Annex F), but some peers pad with a null or a space. */
function uidText(body: Buffer): string {
  const text = body.toString('latin1').replace(/[\0 ]+$/, '');
  if (text.length > 64) throw invalid('a UID is longer than 64 characters');
  return text;
}

/** AE titles: 16 characters, leading and trailing spaces without meaning. */
function aeTitle(body: Buffer, at: number): string {
  return body
    .toString('latin1', at, at + 16)
    .replace(/\0+$/, '')
    .trim();
}

/** Body of A-ASSOCIATE-RQ (PS3.8 §9.3.2). Throws ProtocolError when items do not fit together. */
export function readAssociateRequest(body: Buffer): AssociateRequest {
  const contexts: ProposedContext[] = [];
  let applicationContext = '';
  let user: UserInformation | undefined;
  for (const item of readItems(body, 68)) {
    if (item.type === itemTypes.applicationContext) applicationContext = uidText(item.body);
    else if (item.type === itemTypes.proposedContext) contexts.push(readProposedContext(item.body));
    else if (item.type === itemTypes.userInformation) user = readUserInformation(item.body);
  }
  if (contexts.length > maxContexts) throw invalid('more than 128 presentation contexts');
  if (new Set(contexts.map((context) => context.id)).size !== contexts.length)
    throw invalid('a context identifier twice');
  return {
    protocolVersion: body.readUInt16BE(0),
    calledAe: aeTitle(body, 4),
    callingAe: aeTitle(body, 20),
    applicationContext,
    contexts,
    user: user ?? readUserInformation(Buffer.alloc(0)),
  };
}

/** Body of A-ASSOCIATE-AC (PS3.8 §9.3.3). */
export function readAssociateAccept(body: Buffer): AssociateAccept {
  const contexts: AnsweredContext[] = [];
  let user: UserInformation | undefined;
  for (const item of readItems(body, 68)) {
    if (item.type === itemTypes.answeredContext) contexts.push(readAnsweredContext(item.body));
    else if (item.type === itemTypes.userInformation) user = readUserInformation(item.body);
  }
  return {
    calledAe: aeTitle(body, 4),
    callingAe: aeTitle(body, 20),
    contexts,
    user: user ?? readUserInformation(Buffer.alloc(0)),
  };
}

function readProposedContext(body: Buffer): ProposedContext {
  if (body.length < 4) throw invalid('a presentation context is cut');
  const id = body.readUInt8(0);
  if (id % 2 === 0) throw invalid(`presentation context ${id} is not odd`);
  const items = readItems(body, 4);
  const abstractSyntax = items.find((item) => item.type === itemTypes.abstractSyntax);
  return {
    id,
    abstractSyntax: abstractSyntax === undefined ? '' : uidText(abstractSyntax.body),
    transferSyntaxes: items
      .filter((item) => item.type === itemTypes.transferSyntax)
      .map((item) => uidText(item.body)),
  };
}

function readAnsweredContext(body: Buffer): AnsweredContext {
  if (body.length < 4) throw invalid('a presentation context is cut');
  const result = body.readUInt8(2);
  const syntax = readItems(body, 4).find((item) => item.type === itemTypes.transferSyntax);
  return {
    id: body.readUInt8(0),
    result: ([0, 1, 2, 3, 4] as const).find((known) => known === result) ?? 2,
    transferSyntax: syntax === undefined ? '' : uidText(syntax.body),
  };
}

/** User information (PS3.7 Annex D); items that the hub does not know are passed over. */
function readUserInformation(body: Buffer): UserInformation {
  let user: UserInformation = { maxPduLength: 0, implementationClassUid: '', roles: [] };
  const roles: RoleSelection[] = [];
  for (const { type, body: value } of readItems(body, 0)) {
    switch (type) {
      case itemTypes.maxLength:
        if (value.length < 4) throw invalid('maximum length item is cut');
        user = { ...user, maxPduLength: value.readUInt32BE(0) };
        break;
      case itemTypes.implementationClassUid:
        user = { ...user, implementationClassUid: uidText(value) };
        break;
      case itemTypes.implementationVersionName:
        user = { ...user, implementationVersionName: value.toString('latin1').trim() };
        break;
      case itemTypes.asynchronousOperations:
        if (value.length < 4) throw invalid('asynchronous operations item is cut');
        user = {
          ...user,
          asynchronousOperations: { invoked: value.readUInt16BE(0), performed: value.readUInt16BE(2) },
        };
        break;
      case itemTypes.roleSelection:
        roles.push(readRoleSelection(value));
        break;
      case itemTypes.userIdentity:
        user = { ...user, userIdentity: readUserIdentity(value) };
        break;
    }
  }
  return { ...user, roles };
}

function readRoleSelection(value: Buffer): RoleSelection {
  const length = value.length < 2 ? -1 : value.readUInt16BE(0);
  if (length < 0 || value.length < length + 4) throw invalid('role selection item is cut');
  return {
    sopClassUid: uidText(value.subarray(2, 2 + length)),
    scu: value.readUInt8(2 + length) === 1,
    scp: value.readUInt8(3 + length) === 1,
  };
}

function readUserIdentity(value: Buffer): UserIdentity {
  if (value.length < 4) throw invalid('user identity item is cut');
  const primaryEnd = 4 + value.readUInt16BE(2);
  if (primaryEnd > value.length) throw invalid('user identity item is cut');
  const secondary = primaryEnd + 2 <= value.length ? value.subarray(primaryEnd + 2) : Buffer.alloc(0);
  return {
    type: value.readUInt8(0),
    responseRequested: value.readUInt8(1) === 1,
    primaryField: Buffer.from(value.subarray(4, primaryEnd)),
    secondaryField: Buffer.from(secondary),
  };
}
