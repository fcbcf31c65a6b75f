import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import type { Order } from '../../core/order/order.ts';
import { loadOrderPatient } from '../../core/patient/loadOrderPatient.ts';
import { matchPatient, type Difference } from '../../core/patient/matchPatient.ts';
import type { RecordingRow } from './attachRecording.ts';
import type { JoinHint } from './joinRecording.ts';

export interface Candidate {
  order: Order;
  agrees: boolean;
  differences: Difference[];
}

/**
 * Orders that the numbers in the recording point at, or the one that the sender names, each compared with institution
 * and patient of the recording.
 */
export async function findCandidates(
  ctx: Pick<Context, 'keys'>,
  trx: Transaction,
  recording: RecordingRow,
  hint: JoinHint,
): Promise<Candidate[]> {
  const numbers = [recording.accessionNumber, recording.placerOrderNumber].filter(
    (number): number is string => Boolean(number),
  );
  if (numbers.length === 0 && !hint.orderId) return [];
  const orders = await trx
    .selectFrom('orders')
    .selectAll()
    .where('centerKind', '=', 'ecg')
    .$if(hint.orderId !== undefined, (qb) => qb.where('id', '=', hint.orderId ?? ''))
    .$if(hint.orderId === undefined, (qb) =>
      qb.where((eb) => eb.or([eb('accessionNumber', 'in', numbers), eb('placerOrderNumber', 'in', numbers)])),
    )
    .limit(20)
    .execute();
  const candidates: Candidate[] = [];
  for (const order of orders) {
    const own =
      order.requestingInstitutionId === recording.institutionId ||
      order.performingInstitutionId === recording.institutionId;
    // another site's placer number means nothing here
    if (!own && !hint.orderId && !numbers.includes(order.accessionNumber)) continue;
    candidates.push(await compare(ctx, trx, recording, hint, order, own));
  }
  return candidates;
}

async function compare(
  ctx: Pick<Context, 'keys'>,
  trx: Transaction,
  recording: RecordingRow,
  hint: JoinHint,
  order: Order,
  own: boolean,
): Promise<Candidate> {
  const { agrees, differences } = await comparePatient(ctx, trx, recording, hint.patientNumber, order);
  if (!own) {
    const names = await trx
      .selectFrom('institution')
      .select(['id', 'shortName'])
      .where('id', 'in', [recording.institutionId, order.requestingInstitutionId])
      .execute();
    const nameOf = (id: string): string => names.find((row) => row.id === id)?.shortName ?? id;
    differences.push({
      field: 'institution',
      input: nameOf(recording.institutionId),
      order: nameOf(order.requestingInstitutionId),
    });
  }
  if (order.status === 'cancelled' || order.status === 'void')
    differences.push({ field: 'status', input: '', order: order.status });
  // who names the case vouches for what the recording does not say; what it says otherwise still counts
  const vouched = order.id === hint.orderId;
  return { order, agrees: (agrees || vouched) && differences.length === 0, differences };
}

async function comparePatient(
  ctx: Pick<Context, 'keys'>,
  trx: Transaction,
  recording: RecordingRow,
  patientNumber: string | undefined,
  order: Order,
): Promise<{ agrees: boolean; differences: Difference[] }> {
  if (!order.patientId) return { agrees: false, differences: [] };
  return matchPatient(
    {
      patientId: patientNumber ?? null,
      otherPatientIds: [],
      patientName: recording.patientName,
      sex: recording.patientSex,
      birthDate: recording.patientBirthDate,
    },
    await loadOrderPatient(ctx, trx, order.patientId, recording.institutionId),
  );
}

/** What a person overrules who joins a recording by hand; it stays with the join and is put before the reader. */
export async function differencesOf(
  ctx: Pick<Context, 'keys'>,
  trx: Transaction,
  recording: RecordingRow,
  order: Order,
): Promise<Difference[]> {
  const number = recording.patientNumberEncrypted
    ? ctx.keys.decrypt(recording.patientNumberEncrypted)
    : undefined;
  return (await comparePatient(ctx, trx, recording, number, order)).differences;
}
