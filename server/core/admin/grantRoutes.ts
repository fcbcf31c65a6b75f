import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { exportInput, exportList } from '../access/exportList.ts';
import { instant } from '../answers.ts';
import { breakGlass } from '../access/breakGlass.ts';
import { REVIEW_DAYS } from '../access/remindReviewers.ts';
import { reviewGrant } from '../access/reviewGrant.ts';
import type { Context } from '../context.ts';
import { endpoint, idParams } from '../http.ts';

const reason = z.string().trim().min(2).max(500);
const BREAK_GLASS_HOURS = 8;

/** Openings of records without a treatment relation and their review; lists that leave the hub. */
export function grantRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/patients/break-glass',
      summary: 'Open a patient without a treatment relation, for hours and with a reason',
      access: 'patient.break-glass',
      body: z.object({
        idCard: z.string().max(30),
        reason,
        hours: z.number().int().min(1).max(24).default(BREAK_GLASS_HOURS),
      }),
      status: 201,
    },
    ({ actor, body }) => breakGlass(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/access-grants',
      summary: 'Break-glass openings to review within 3 days',
      access: 'access.review',
    },
    async () => {
      const { rows } = await sql`
        select g.id, g.kind, g.reason, g.granted_at, g.expires_at, g.reviewed_at, g.review_note, s.name as staff_name, i.short_name as institution_name,
          r.name as reviewed_by, g.granted_at + make_interval(days => ${REVIEW_DAYS}) as review_due_at, left(p.name, 1) || '**' as patient_name,
          (select count(distinct a.subject_id)::int from audit_event a where a.actor_id = g.staff_id::text and a.patient_id = g.patient_id and a.action = 'order.read' and a.outcome = 'done' and a.at between g.granted_at and g.expires_at) as cases_read
        from access_grant g join staff s on s.id = g.staff_id join institution i on i.id = s.institution_id join patient p on p.id = g.patient_id
          left join staff r on r.id = g.reviewed_by
        order by (g.reviewed_at is null) desc, g.granted_at desc limit 500`.execute(ctx.db);
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/access-grants/:id/review',
      summary: 'Review an opening',
      access: 'access.review',
      params: idParams,
      body: z.object({ note: reason }),
    },
    ({ actor, params, body }) => reviewGrant(ctx, actor, params.id, body.note),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/exports',
      summary:
        'Record that a list with persons leaves as a file: reason, number of rows, names masked or not',
      access: 'export',
      body: exportInput,
      answer: z.object({ id: z.uuid(), exportedAt: instant }),
      status: 201,
    },
    ({ actor, body }) => exportList(ctx, actor, body),
  );
}
