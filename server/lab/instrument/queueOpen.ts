import type { Transaction } from '../../core/database.ts';
import type { Fate } from './fate.ts';
import type { InstrumentValue } from './receiveInstrumentResults.ts';

/** Stands in the queue of the laboratory once per tube and reason, not once per value. */
export async function queueOpen(
  trx: Transaction,
  instrumentId: string,
  id: number,
  value: InstrumentValue,
  fate: Fate,
): Promise<void> {
  const subjectId =
    fate.state === 'unknown-code'
      ? `${instrumentId} ${value.instrumentCode}`
      : `${instrumentId} ${value.specimenId ?? ''}`;
  const known = await trx
    .selectFrom('unmatchedInput')
    .select('id')
    .where('subjectType', '=', 'instrument-result')
    .where('subjectId', '=', subjectId)
    .where('state', '=', 'open')
    .executeTakeFirst();
  if (known) return;
  const instrument = await trx
    .selectFrom('labInstrument')
    .select(['institutionId', 'name'])
    .where('id', '=', instrumentId)
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('unmatchedInput')
    .values({
      centerKind: 'lab',
      kind:
        fate.state === 'unknown-code' ? 'unknown-code' : fate.state === 'unmatched' ? 'no-order' : 'conflict',
      institutionId: instrument.institutionId,
      subjectType: 'instrument-result',
      subjectId,
      reason: `${instrument.name} ${value.specimenId ?? ''}: ${fate.why?.text ?? fate.state}`,
      detail: JSON.stringify({
        instrumentResultId: id,
        instrumentId,
        specimenId: value.specimenId,
        instrumentCode: value.instrumentCode,
        value: value.value.slice(0, 200),
        why: fate.why && { code: fate.why.code, params: fate.why.params },
      }),
    })
    .execute();
}
