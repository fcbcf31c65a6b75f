import { sql } from 'kysely';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
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

/** Closes what stands in the queue for values of this analyzer none of which waits any more, and the messages that brought them. */
export async function settleQueue(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  instrumentId: string,
): Promise<void> {
  await sql`
    update unmatched_input u set state = 'resolved', resolved_at = ${ctx.clock.now()}, resolved_by = ${actor.kind === 'staff' ? actor.id : null}
    where u.subject_type = 'instrument-result' and u.state = 'open' and starts_with(u.subject_id, ${`${instrumentId} `})
      and not exists (select 1 from lab_instrument_result r where r.instrument_id = ${instrumentId} and r.state in ('unmatched', 'unknown-code', 'held')
        and u.subject_id = r.instrument_id || ' ' || case when r.state = 'unknown-code' then r.instrument_code else coalesce(r.specimen_id, '') end)`.execute(
    trx,
  );
  await sql`
    with settled as (
      update hl7_message m set state = 'accepted', problem = null where m.state = 'held'
        and exists (select 1 from lab_instrument_result r where r.message_id = m.id and r.instrument_id = ${instrumentId})
        and not exists (select 1 from lab_instrument_result r where r.message_id = m.id and r.state in ('unmatched', 'unknown-code', 'held'))
      returning m.id)
    insert into hl7_message_event (message_id, kind, actor_name) select id, 'settled', ${actor.name} from settled`.execute(
    trx,
  );
}
