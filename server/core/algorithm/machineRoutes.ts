import express, { type Router } from 'express';
import { sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { badRequest, forbidden } from '../errors.ts';
import { fieldErrors } from '../fieldErrors.ts';
import { endpoint, idParams } from '../http.ts';
import { findingsInput } from './findings.ts';
import { queueCases, takeCase } from './queueCases.ts';
import { readStructuredReport } from './readStructuredReport.ts';
import { storeResult } from './storeResult.ts';

/** What an algorithm outside the hub calls with its token: the next case, and what it found in it. */
export function machineRoutes(ctx: Context, router: Router): void {
  router.use('/algorithm-cases', express.raw({ type: 'application/dicom', limit: '20mb' }));
  endpoint(
    router,
    {
      method: 'post',
      path: '/algorithm-cases/next',
      summary: 'The next case of the calling algorithm; 204 when none waits',
      access: 'input.read',
    },
    async ({ actor }) => {
      const deviceId = await algorithmOf(ctx, actor);
      await ctx.db.updateTable('device').set({ lastSeenAt: ctx.clock.now() }).where('id', '=', deviceId).execute(); // prettier-ignore
      await queueCases(ctx);
      const taken = await takeCase(ctx, deviceId);
      if (!taken) return undefined;
      const { rows } = await sql<
        Record<string, unknown> & { patientId: string | null }
      >`select o.id as order_id, o.accession_number, o.center_kind::text as center, o.modality, o.body_part, o.item_name, o.priority::text as priority, o.patient_id, p.sex::text as sex, date_part('year', age(o.created_at, p.birth_date))::int as age_years,
        array(select st.study_instance_uid from study_order j join study st on st.id = j.study_id where j.order_id = o.id and j.undone_at is null) as study_uids
        from orders o left join patient p on p.id = o.patient_id where o.id = ${taken.orderId}`.execute(
        ctx.db,
      );
      const { patientId, ...facts } = rows[0] ?? { patientId: null };
      await recordAudit(ctx.db, actor, {
        action: 'algorithm.case',
        subjectType: 'order',
        subjectId: taken.orderId,
        patientId,
      });
      return { caseId: taken.id, ...facts };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/algorithm-cases/:id/findings',
      summary: 'Findings of a case: JSON, or a DICOM structured report as application/dicom',
      access: 'input.read',
      bodyMedia: ['application/json', 'application/dicom'],
      params: idParams,
      status: 201,
    },
    async ({ actor, params, req }) => {
      const deviceId = await algorithmOf(ctx, actor);
      const body: unknown = req.body;
      if (Buffer.isBuffer(body)) {
        const found = readStructuredReport(body);
        const { address } = await ctx.objects.put(body);
        return storeResult(ctx, actor, params.id, found, { format: 'dicom-sr', objectAddress: address, deviceId }); // prettier-ignore
      }
      const parsed = findingsInput.safeParse(body);
      if (!parsed.success) throw badRequest('the findings are not valid', fieldErrors(parsed.error.issues));
      return storeResult(ctx, actor, params.id, parsed.data, { format: 'json', deviceId });
    },
  );
}

/** The algorithm behind a machine token. */
async function algorithmOf(ctx: Context, actor: Actor) {
  if (actor.kind !== 'machine' || !actor.id) throw forbidden('only an algorithm with its token asks for cases'); // prettier-ignore
  const row = await ctx.db
    .selectFrom('algorithm')
    .select(['deviceId', 'active'])
    .where('tokenId', '=', actor.id)
    .executeTakeFirst();
  if (!row?.active) throw forbidden('this token belongs to no active algorithm');
  return row.deviceId;
}
