import type { IncomingRequest } from '../association.ts';
import { ReceivedMemory } from '../receivedMemory.ts';
import type { StoreSink } from '../services.ts';
import type { StatusAnswer } from '../status.ts';
import { statuses, statusOf } from '../status.ts';
import { respond } from './respond.ts';
import type { ServiceContext } from './serviceContext.ts';

const isName = (uid: string): boolean => /^[!-~]{1,64}$/.test(uid);

/**
 * C-STORE (PS3.7 §9.1.1): the data set goes to a sink slice by slice as it comes from the socket; the answer waits for the sink's word.
 */
export async function serveStore(context: ServiceContext, request: IncomingRequest): Promise<void> {
  const { association, peer, services } = context;
  const { command, data, context: presentation } = request;
  const { affectedSopClassUid: sopClassUid = '', affectedSopInstanceUid: sopInstanceUid = '' } = command;
  const instance = { affectedSopInstanceUid: sopInstanceUid };
  const refuse = async (answer: StatusAnswer): Promise<void> => {
    if (data === undefined || (await data.discard())) await respond(association, request, answer, instance);
  };
  if (data === undefined) return refuse({ status: statuses.cannotUnderstand, comment: 'no data set' });
  if (services.openStore === undefined) return refuse({ status: statuses.sopClassNotSupported });
  if (sopClassUid !== presentation.abstractSyntax)
    return refuse({ status: 0xa900, comment: 'SOP class is not that of the presentation context' });
  // a UID of odd form names its object all the same: the sink keeps it as the other ways in do, with a warning where it must
  if (!isName(sopInstanceUid))
    return refuse({ status: statuses.cannotUnderstand, comment: 'SOP instance UID is missing or garbled' });
  let sink: StoreSink;
  try {
    const opened = services.openStore(peer, {
      sopClassUid,
      sopInstanceUid,
      transferSyntax: presentation.transferSyntax,
      moveOriginator: command.moveOriginatorAeTitle,
    });
    sink = opened instanceof Promise ? await opened : opened;
  } catch (error) {
    services.failed?.(peer, error);
    return refuse(statusOf(error));
  }
  const memory = new ReceivedMemory();
  const complete = await new Promise<boolean>((resolve) => {
    data.attach({
      write(bytes) {
        memory.add(bytes);
        return sink.write(bytes);
      },
      end: () => resolve(true),
      abort: () => {
        sink.abort();
        resolve(false);
      },
    });
  });
  if (!complete) return;
  let answer: StatusAnswer;
  try {
    answer = await sink.finish();
  } catch (error) {
    services.failed?.(peer, error);
    answer = statusOf(error);
  }
  await respond(association, request, answer, instance);
  memory.release();
}
