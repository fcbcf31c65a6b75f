import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { placeRequest } from '../../core/order/createRequest.ts';
import type { Order } from '../../core/order/order.ts';
import { provisionalPatient } from '../../core/patient/provisionalPatient.ts';
import { restingLimitMs } from '../describeRecording.ts';
import type { RecordingRow } from './attachRecording.ts';
import type { JoinHint } from './joinRecording.ts';

/**
 * 补录: an order for a recording that came without one, so that it can be read and called at once. The patient is who
 * the device says, unverified until a person resolves it; without a name it is 无名氏 with a temporary identity.
 */
export async function placeProvisionalOrder(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  recording: RecordingRow,
  hint: JoinHint,
): Promise<Order> {
  const { orders } = await placeRequest(
    ctx,
    trx,
    actor,
    {
      center: 'ecg',
      // a longer one is no resting ECG: it is shown and read as a strip
      items: [{ code: recording.durationMs > restingLimitMs ? 'ECG-24H' : 'ECG-12' }],
      priority: hint.urgent ? 'emergency' : 'urgent',
      flags: [],
    },
    {
      source: 'provisional',
      provisional: true,
      institutionId: recording.institutionId,
      patientId: await provisionalPatient(
        ctx,
        trx,
        {
          name: recording.patientName,
          number: hint.patientNumber,
          sex: recording.patientSex,
          birthDate: recording.patientBirthDate,
        },
        recording.institutionId,
      ),
      requestedByName: actor.name,
    },
  );
  const [order] = orders;
  if (!order) throw new Error('a provisional request made no order');
  return order;
}
