import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { DomainError } from '../../core/errors.ts';
import { placeRequest } from '../../core/order/createRequest.ts';
import type { Order } from '../../core/order/order.ts';
import { findOrCreatePatient, type PatientInput } from '../../core/patient/findOrCreatePatient.ts';
import { readIdCard } from '../../standards/identity/idCard.ts';
import type { RecordingRow } from './attachRecording.ts';
import type { JoinHint } from './joinRecording.ts';

const unknownName = '无名氏';
const holterMs = 3_600_000;

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
      items: [{ code: recording.durationMs > holterMs ? 'ECG-24H' : 'ECG-12' }],
      priority: hint.urgent ? 'emergency' : 'urgent',
      flags: [],
    },
    {
      source: 'provisional',
      provisional: true,
      institutionId: recording.institutionId,
      patientId: await provisionalPatient(ctx, trx, recording, hint.patientNumber),
      requestedByName: actor.name,
    },
  );
  const [order] = orders;
  if (!order) throw new Error('a provisional request made no order');
  return order;
}

async function provisionalPatient(
  ctx: Context,
  trx: Transaction,
  recording: RecordingRow,
  number: string | undefined,
): Promise<string> {
  const name = recording.patientName?.trim().slice(0, 100);
  const sex = recording.patientSex;
  const birthDate = recording.patientBirthDate ?? undefined;
  const input: PatientInput = {
    name: name || unknownName,
    sex: sex === 'M' || sex === 'F' || sex === 'O' ? sex : 'U',
    ...(birthDate && isRealDate(birthDate) && { birthDate }),
    identifiers:
      number?.trim() && name
        ? [{ type: readIdCard(number.trim()) ? 'id-card' : 'mrn', value: number.trim().slice(0, 64) }]
        : [],
    ...(!name && { temporary: true }),
  };
  await sql`savepoint provisional_patient`.execute(trx);
  try {
    const found = await findOrCreatePatient(ctx, trx, input, recording.institutionId);
    if (found.created && name)
      await trx.updateTable('patient').set({ identity: 'unverified' }).where('id', '=', found.id).execute();
    return found.id;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    await sql`rollback to savepoint provisional_patient`.execute(trx);
    return (
      await findOrCreatePatient(
        ctx,
        trx,
        { ...input, identifiers: [], temporary: true },
        recording.institutionId,
      )
    ).id;
  }
}

function isRealDate(date: string): boolean {
  const time = Date.parse(`${date}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}
