import { aborts, ProtocolError } from './pdu.ts';

/** Command fields of PS3.7 Annex E; a response is its request with bit 15 set. */
export const commandFields = {
  cStoreRq: 0x0001,
  cGetRq: 0x0010,
  cFindRq: 0x0020,
  cMoveRq: 0x0021,
  cEchoRq: 0x0030,
  nEventReportRq: 0x0100,
  nGetRq: 0x0110,
  nSetRq: 0x0120,
  nActionRq: 0x0130,
  nCreateRq: 0x0140,
  nDeleteRq: 0x0150,
  cCancelRq: 0x0fff,
  response: 0x8000,
} as const;

/** Command Data Set Type (0000,0800): this value says that no data set follows. */
const noDataSet = 0x0101;

/** Elements of group 0000 (PS3.7 Table E.1-1) by the names used here. */
const elements = {
  affectedSopClassUid: [0x0002, 'UI'],
  requestedSopClassUid: [0x0003, 'UI'],
  commandField: [0x0100, 'US'],
  messageId: [0x0110, 'US'],
  messageIdBeingRespondedTo: [0x0120, 'US'],
  moveDestination: [0x0600, 'AE'],
  priority: [0x0700, 'US'],
  commandDataSetType: [0x0800, 'US'],
  status: [0x0900, 'US'],
  errorComment: [0x0902, 'LO'],
  errorId: [0x0903, 'US'],
  affectedSopInstanceUid: [0x1000, 'UI'],
  requestedSopInstanceUid: [0x1001, 'UI'],
  eventTypeId: [0x1002, 'US'],
  actionTypeId: [0x1008, 'US'],
  numberOfRemainingSuboperations: [0x1020, 'US'],
  numberOfCompletedSuboperations: [0x1021, 'US'],
  numberOfFailedSuboperations: [0x1022, 'US'],
  numberOfWarningSuboperations: [0x1023, 'US'],
  moveOriginatorAeTitle: [0x1030, 'AE'],
  moveOriginatorMessageId: [0x1031, 'US'],
} as const;

type Name = keyof typeof elements;
type ValueOf<N extends Name> = (typeof elements)[N][1] extends 'US' ? number : string;

/** A command set. Text without padding. */
export type Command = { readonly commandField: number } & {
  readonly [N in Exclude<Name, 'commandField' | 'commandDataSetType'>]?: ValueOf<N> | undefined;
} & {
  /** Whether a data set follows. */
  readonly hasDataSet: boolean;
};

const names = Object.keys(elements) as Name[];
const nameOf = new Map<number, Name>(names.map((name) => [elements[name][0], name]));

/** Longest command set that is read; real ones stay below 1 KB. */
export const maxCommandLength = 16 * 1024;

/** Reads a command set: always implicit little endian (PS3.7 §6.3.1). Unknown elements are passed over. */
export function readCommand(bytes: Buffer): Command {
  const values: Record<string, string | number> = {};
  let at = 0;
  while (at + 8 <= bytes.length) {
    const group = bytes.readUInt16LE(at);
    const element = bytes.readUInt16LE(at + 2);
    const length = bytes.readUInt32LE(at + 4);
    const end = at + 8 + length;
    if (group !== 0 || end > bytes.length)
      throw new ProtocolError(aborts.invalidParameter, 'command set is malformed');
    const name = nameOf.get(element);
    if (name !== undefined) {
      if (elements[name][1] === 'US') {
        if (length !== 2)
          throw new ProtocolError(aborts.invalidParameter, `command element ${name} of ${length} bytes`);
        values[name] = bytes.readUInt16LE(at + 8);
      } else {
        values[name] = bytes
          .toString('latin1', at + 8, end)
          .replace(/[\0 ]+$/, '')
          .trimStart();
      }
    }
    at = end;
  }
  const { commandField, commandDataSetType, ...rest } = values;
  if (at !== bytes.length || typeof commandField !== 'number' || commandDataSetType === undefined)
    throw new ProtocolError(aborts.invalidParameter, 'command set is malformed');
  return { ...rest, commandField, hasDataSet: commandDataSetType !== noDataSet };
}

/** Writes a command set with its group length. The error comment is cut to 64 characters (LO) and to ASCII. */
export function writeCommand(command: Command): Buffer {
  const parts: Buffer[] = [Buffer.alloc(0)];
  for (const name of names) {
    const value = name === 'commandDataSetType' ? (command.hasDataSet ? 0x0000 : noDataSet) : command[name];
    if (value === undefined) continue;
    const [element, vr] = elements[name];
    parts.push(typeof value === 'number' ? writeUint16(element, value) : writeText(element, vr, value));
  }
  const body = Buffer.concat(parts);
  const length = Buffer.alloc(12);
  length.writeUInt32LE(4, 4);
  length.writeUInt32LE(body.length, 8);
  return Buffer.concat([length, body]);
}

function writeUint16(element: number, value: number): Buffer {
  const bytes = Buffer.alloc(10);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(2, 4);
  bytes.writeUInt16LE(value, 8);
  return bytes;
}

function writeText(element: number, vr: string, value: string): Buffer {
  const text = vr === 'LO' ? value.replace(/[^\x20-\x5b\x5d-\x7e]/g, '?').slice(0, 64) : value;
  const padded = text.length % 2 === 0 ? text : text + (vr === 'UI' ? '\0' : ' ');
  const bytes = Buffer.alloc(8 + padded.length);
  bytes.writeUInt16LE(element, 2);
  bytes.writeUInt32LE(padded.length, 4);
  bytes.write(padded, 8, 'latin1');
  return bytes;
}

export function isResponse(command: Command): boolean {
  return (command.commandField & commandFields.response) !== 0;
}
