import { parseMessage, segment, text, type Hl7Message } from '../../../server/standards/hl7v2/parse.ts';
import { contentError } from '../../../server/standards/hl7v2/errors.ts';

export interface Header {
  /** MSH-3|MSH-4. */
  sender: string;
  controlId: string;
  messageType: string;
  triggerEvent: string;
  /** Patient, else placer order: messages of one key keep their order. */
  orderingKey: string;
}

/** Reads what the engine needs before anything else. Throws Hl7ContentError naming the MSH field that is missing. */
export function readHeader(message: Hl7Message): Header {
  const header = message.header;
  const controlId = text(header, 10);
  const messageType = text(header, 9);
  if (!controlId) throw contentError('MSH', 10, 'the message control id is empty', 'reject', 101);
  if (!messageType) throw contentError('MSH', 9, 'the message type is empty', 'reject', 101);
  if (controlId.length > 199)
    throw contentError('MSH', 10, 'the message control id is longer than 199 characters', 'reject', 102);
  const pid = segment(message, 'PID');
  const order = segment(message, 'ORC') ?? segment(message, 'OBR');
  return {
    sender: `${text(header, 3) ?? ''}|${text(header, 4) ?? ''}`,
    controlId,
    messageType: messageType.toUpperCase(),
    triggerEvent: (text(header, 9, 2) ?? '').toUpperCase(),
    orderingKey: (text(pid, 3) ?? text(pid, 2) ?? text(order, 2) ?? '').slice(0, 200),
  };
}

export { parseMessage };
