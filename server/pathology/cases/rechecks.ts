import { sql } from 'kysely';
import { z } from 'zod';
import { can, personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { conflict, forbidden, notFound } from '../../core/errors.ts';

export const drawInput = z.object({
  month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/),
  /** share of the negatives; the national indicator asks for at least 5 % */
  percent: z.number().min(5).max(100).default(5),
});

/** The centre whose cytology the actor may re-check. */
function centerOf(actor: Actor): string {
  const held = actor.roles.find(({ institutionId }) =>
    can(actor, 'report.verify', { institutionId, centerKind: 'pathology' }),
  );
  if (!held) throw forbidden('this needs the right report.verify in pathology');
  return held.institutionId;
}

/**
 * Draws the negative cytology cases of a month that are read again: at least 5 %, by lot (PostgreSQL's random), rounded
 * up. Drawing again for a grown month adds what is missing; nobody chooses and nothing drawn is taken back.
 */
export async function drawRechecks(ctx: Context, actor: Actor, input: z.output<typeof drawInput>) {
  const institutionId = centerOf(actor);
  return ctx.db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`recheck ${institutionId} ${input.month}`}, 0))`.execute(
      trx,
    );
    const { rows } = await sql<{ orderId: string; drawn: boolean }>`
      select o.id as order_id, r.id is not null as drawn from orders o
      join pathology_case c on c.order_id = o.id and c.kind = 'cytology'
      left join pathology_recheck r on r.order_id = o.id
      where o.reporting_institution_id = ${institutionId} and o.center_kind = 'pathology' and o.positive is false
        and o.final_at is not null and to_char(o.final_at at time zone 'Asia/Shanghai', 'YYYY-MM') = ${input.month}
      order by random() limit 20000`.execute(trx);
    const wanted = Math.ceil((rows.length * input.percent) / 100);
    const drawn = rows.filter((row) => row.drawn).length;
    const lot = rows.filter((row) => !row.drawn).slice(0, Math.max(0, wanted - drawn));
    if (lot.length > 0) {
      await trx
        .insertInto('pathologyRecheck')
        .values(
          lot.map(({ orderId }) => ({
            orderId,
            institutionId,
            month: input.month,
            drawnAt: ctx.clock.now(),
            drawnBy: actor.id,
          })),
        )
        .execute();
    }
    await recordAudit(trx, actor, {
      action: 'pathology.recheck-draw',
      detail: { ...input, negatives: rows.length, drawn: lot.length },
    });
    return { negatives: rows.length, drawn: drawn + lot.length, added: lot.length };
  });
}

export const recheckInput = z
  .object({ agrees: z.boolean(), note: z.string().max(2_000).optional() })
  .refine(({ agrees, note }) => agrees || (note ?? '').trim() !== '', {
    path: ['note'],
    message: 'say what was found',
    params: { code: 'required' },
  });

/** Records the second reading; the first reader and signer do not re-read their own case. */
export async function readRecheck(
  ctx: Context,
  actor: Actor,
  id: string,
  input: z.output<typeof recheckInput>,
): Promise<void> {
  const staffId = personId(actor);
  const institutionId = centerOf(actor);
  await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('pathologyRecheck')
      .selectAll()
      .where('id', '=', id)
      .where('institutionId', '=', institutionId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound('re-check', id);
    if (row.readAt)
      throw conflict('recheck-read', 'this case was re-read; the reading stands as it was given');
    const own = await trx
      .selectFrom('signedReport')
      .select('id')
      .where('orderId', '=', row.orderId)
      .where((eb) => eb.or([eb('signerId', '=', staffId), eb('reporterId', '=', staffId)]))
      .limit(1)
      .executeTakeFirst();
    if (own) throw conflict('own-case', 'somebody else re-reads this case: it is your own');
    await trx
      .updateTable('pathologyRecheck')
      .set({ readerId: staffId, readAt: ctx.clock.now(), agrees: input.agrees, note: input.note ?? null })
      .where('id', '=', id)
      .execute();
    if (!input.agrees) await tellSigner(trx, row.orderId, input.note ?? '');
    await recordAudit(trx, actor, {
      action: 'pathology.recheck',
      subjectType: 'order',
      subjectId: row.orderId,
      detail: { agrees: input.agrees },
    });
  });
}

/** The drawn cases of a month with their state; `own` are those the actor reported or signed, which others read. */
export async function listRechecks(ctx: Pick<Context, 'db'>, actor: Actor, month: string) {
  const institutionId = centerOf(actor);
  const items = await ctx.db
    .selectFrom('pathologyRecheck as r')
    .innerJoin('orders as o', 'o.id', 'r.orderId')
    .innerJoin('pathologyCase as c', 'c.orderId', 'r.orderId')
    .leftJoin('staff as s', 's.id', 'r.readerId')
    .select([
      'r.id',
      'r.orderId',
      'o.accessionNumber',
      'c.pathologyNumber',
      'r.drawnAt',
      'r.readAt',
      'r.agrees',
      'r.note',
      's.name as reader',
      sql<boolean>`exists (select 1 from signed_report g where g.order_id = r.order_id
        and ${actor.kind === 'staff' ? actor.id : null}::uuid in (g.signer_id, g.reporter_id))`.as('own'),
    ])
    .where('r.institutionId', '=', institutionId)
    .where('r.month', '=', month)
    .orderBy('r.drawnAt')
    .orderBy('r.id')
    .limit(1_000)
    .execute();
  return { items };
}

/** Who signed the report hears that the second reading differs: the correction is his. */
async function tellSigner(trx: Transaction, orderId: string, note: string): Promise<void> {
  const signed = await trx
    .selectFrom('signedReport')
    .innerJoin('orders', 'orders.id', 'signedReport.orderId')
    .select(['signedReport.signerId', 'orders.accessionNumber'])
    .where('signedReport.orderId', '=', orderId)
    .orderBy('signedReport.number', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!signed) return;
  await trx
    .insertInto('notification')
    .values({
      staffId: signed.signerId,
      orderId,
      kind: 'pathology.recheck-differs',
      body: JSON.stringify({ accessionNumber: signed.accessionNumber, note }),
    })
    .execute();
}
