import { changePatient, proposePatientLink } from './receiveAdt.ts';
import { receiveOrderMessage } from './receiveOrder.ts';
import { receiveResultMessage } from './receiveResult.ts';
import type { Handler } from './outcome.ts';

/** What the hub takes, by MSH-9. */
const HANDLERS: Record<string, Handler> = {
  'ADT^A01': changePatient,
  'ADT^A04': changePatient,
  'ADT^A08': changePatient,
  'ADT^A28': changePatient,
  'ADT^A31': changePatient,
  'ADT^A40': proposePatientLink,
  'ORM^O01': receiveOrderMessage,
  'OML^O21': receiveOrderMessage,
  'OMG^O19': receiveOrderMessage,
  'ORU^R01': receiveResultMessage,
  'OUL^R22': receiveResultMessage,
};

/** The handler of a message type; ORM and ORU without a trigger are common and clear. */
export function handlerOf(messageType: string, triggerEvent: string): Handler | undefined {
  if (triggerEvent !== '') return HANDLERS[`${messageType}^${triggerEvent}`];
  if (messageType === 'ORM') return receiveOrderMessage;
  if (messageType === 'ORU') return receiveResultMessage;
  return undefined;
}
