import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { personId } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { conflict, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { findPatientIds } from '../patient/findPatients.ts';
import { protectPatient } from '../patient/protectPatient.ts';

const reason = z.string().trim().min(2).max(500);
/** A case of one's own says for a year that one treats the patient. */
const treatedSince = (now: Date) => new Date(now.getTime() - 365 * 86_400_000);

/** From what a link between two records becomes what. */
const FROM: Record<'linked' | 'rejected' | 'undone', readonly string[]> = {
  linked: ['proposed', 'rejected', 'undone'],
  rejected: ['proposed'],
  undone: ['linked'],
};

export function patientRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/patients',
      summary: 'Patients with a case that the caller may see',
      access: 'patient.read',
      query: z.object({
        q: z.string().trim().min(1).max(60),
        limit: z.coerce.number().int().min(1).max(50).default(20),
      }),
    },
    async ({ actor, query }) => {
      const ids = await findPatientIds(ctx.db, query.q, ctx.keys.lookup(`id-card:${query.q.toUpperCase()}`));
      const { rows } =
        await sql`select p.id, p.name, p.sex::text as sex, p.birth_date, p.identity, (select value_masked from patient_identifier i where i.patient_id = p.id limit 1) as identifier
      from patient p where p.id = any(${ids}::uuid[]) and exists (select 1 from orders o where o.patient_id = p.id and ${visibleOrders(actor, 'o')}) order by p.name, p.id limit ${query.limit}`.execute(
          ctx.db,
        );
      await recordAudit(ctx.db, actor, { action: 'patient.search', detail: { rows: rows.length } });
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/patients/:id/history',
      summary: 'Earlier cases of a patient that the caller may see, linked records included',
      access: 'patient.read',
      params: idParams,
    },
    async ({ actor, params }) => {
      const { rows } =
        await sql`with person as (select ${params.id}::uuid as id union select case when patient_id = ${params.id}::uuid then other_patient_id else patient_id end from patient_link where state = 'linked' and ${params.id}::uuid in (patient_id, other_patient_id))
      select o.id as order_id, o.accession_number, o.center_kind::text as center, o.status::text as status, o.item_name, o.modality, o.body_part, o.created_at, o.final_at, i.short_name as institution_name, (select content->>'impression' from signed_report s where s.order_id = o.id order by s.number desc limit 1) as impression
      from orders o join institution i on i.id = o.requesting_institution_id where o.patient_id in (select id from person) and (${visibleOrders(actor, 'o')} or not o.sensitive and exists (select 1 from orders mine where mine.patient_id in (select id from person) and mine.status not in ('cancelled', 'void') and mine.created_at > ${treatedSince(ctx.clock.now())} and ${visibleOrders(actor, 'mine')}))
      order by o.created_at desc limit 200`.execute(ctx.db);
      await recordAudit(ctx.db, actor, {
        action: 'patient.history',
        subjectType: 'patient',
        subjectId: params.id,
        patientId: params.id,
      });
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/patients/:id/unmask',
      summary: 'Identifiers and telephone in clear, with a reason',
      access: 'patient.unmask',
      params: idParams,
      body: z.object({ reason }),
    },
    async ({ actor, params, body }) => {
      const seen =
        await sql`select 1 from orders o where o.patient_id = ${params.id} and ${visibleOrders(actor, 'o')} limit 1`.execute(
          ctx.db,
        );
      const patient =
        seen.rows.length > 0
          ? await ctx.db
              .selectFrom('patient')
              .select('phoneEncrypted')
              .where('id', '=', params.id)
              .executeTakeFirst()
          : undefined;
      const unmasking = {
        action: 'patient.unmask',
        subjectType: 'patient',
        subjectId: params.id,
        patientId: params.id,
        detail: { reason: body.reason },
      } as const;
      if (!patient) {
        await recordAudit(ctx.db, actor, { ...unmasking, outcome: 'denied' });
        throw notFound('patient', params.id);
      }
      const identifiers = await ctx.db
        .selectFrom('patientIdentifier')
        .select(['type', 'valueEncrypted'])
        .where('patientId', '=', params.id)
        .execute();
      await recordAudit(ctx.db, actor, unmasking);
      return {
        phone: patient.phoneEncrypted ? ctx.keys.decrypt(patient.phoneEncrypted) : null,
        identifiers: identifiers.map((identifier) => ({
          type: identifier.type,
          value: ctx.keys.decrypt(identifier.valueEncrypted),
        })),
      };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/patients/:id/protection',
      summary: 'Protect a person (staff, protected persons) so that fewer see the results, or end it',
      access: 'patient.protect',
      params: idParams,
      body: z.object({ protected: z.boolean(), reason }),
    },
    ({ actor, params, body }) => protectPatient(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/patient-links',
      summary: 'Proposed links between patient records',
      access: 'patient.link',
    },
    async ({ actor }) => {
      const { rows } =
        await sql`select l.id, l.reason, l.state, l.proposed_at, json_build_object('id', a.id, 'name', a.name, 'sex', a.sex, 'birthDate', a.birth_date) as a, json_build_object('id', b.id, 'name', b.name, 'sex', b.sex, 'birthDate', b.birth_date) as b
      from patient_link l join patient a on a.id = l.patient_id join patient b on b.id = l.other_patient_id order by (l.state = 'proposed') desc, l.proposed_at desc limit 500`.execute(
          ctx.db,
        );
      await recordAudit(ctx.db, actor, { action: 'list.view', subjectType: 'patient-link' });
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/patient-links/:id',
      summary: 'Link, reject or undo',
      access: 'patient.link',
      params: idParams,
      body: z.object({ state: z.enum(['linked', 'rejected', 'undone']) }),
    },
    async ({ actor, params, body }) => {
      await ctx.db.transaction().execute(async (trx) => {
        const link = await trx
          .selectFrom('patientLink')
          .select(['state', 'patientId', 'otherPatientId'])
          .where('id', '=', params.id)
          .forUpdate()
          .executeTakeFirst();
        if (!link) throw notFound('link', params.id);
        if (!FROM[body.state].includes(link.state))
          throw conflict('link-state', `the link is ${link.state}: it cannot become ${body.state}`, {
            state: link.state,
          });
        await trx
          .updateTable('patientLink')
          .set({ state: body.state, decidedBy: personId(actor), decidedAt: ctx.clock.now() })
          .where('id', '=', params.id)
          .execute();
        for (const patientId of [link.patientId, link.otherPatientId])
          await recordAudit(trx, actor, {
            action: `patient.${body.state}`,
            subjectType: 'patient-link',
            subjectId: params.id,
            patientId,
          });
      });
      return { ok: true };
    },
  );
}
