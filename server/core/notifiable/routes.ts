import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { visibleOrders } from '../access/orderScope.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { badRequest } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { answerCard } from './answerCard.ts';
import { readSummary } from './readSummary.ts';
import { ruleRoutes } from './ruleRoutes.ts';

const cursorForm = /^(\d{4}-\d\d-\d\dT[\d:.]+Z)_([0-9a-f-]{36})$/;

interface CardRow {
  id: string;
  orderId: string;
  accessionNumber: string;
  patientName: string | null;
  institutionName: string;
  centerKind: string;
  disease: string;
  diseaseEn: string;
  class: string;
  evidence: string;
  foundAt: Date;
  dueAt: Date;
  state: string;
  late: boolean;
  answeredAt: Date | null;
  answeredBy: string | null;
  cardNumber: string | null;
  reason: string | null;
}

/** Cards of notifiable diseases: drafted at a signature, reported or dismissed by the site's doctor. */
export function notifiableRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/notifiable',
      summary: 'Cards of notifiable diseases, earliest due first',
      access: ['report.acknowledge', 'quality.read'],
      query: z.object({
        state: z
          .enum(['draft', 'overdue', 'late', 'reported', 'dismissed', 'withdrawn', 'all'])
          .default('draft'),
        q: z.string().trim().max(60).optional(),
        institutionId: z.uuid().optional(),
        rule: z.string().max(40).optional(),
        from: z.iso.date().optional(),
        to: z.iso.date().optional(),
        cursor: z.string().max(80).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
      }),
    },
    async ({ actor, query }) => {
      const now = ctx.clock.now();
      const after = query.cursor === undefined ? undefined : cursorForm.exec(query.cursor);
      if (after === null) throw badRequest('the cursor is not one of this list');
      const late = sql`(c.state = 'draft' and c.due_at < ${now} or c.state = 'reported' and c.answered_at > c.due_at)`;
      const state =
        query.state === 'all'
          ? sql`true`
          : query.state === 'late'
            ? late
            : query.state === 'overdue'
              ? sql`(c.state = 'draft' and c.due_at < ${now})`
              : sql`c.state = ${query.state}`;
      const like = `%${(query.q ?? '').replace(/[\\%_]/g, '\\$&')}%`;
      const { rows } =
        await sql<CardRow>`select c.id, c.order_id, o.accession_number, o.patient_name, i.short_name as institution_name, o.center_kind::text as center_kind,
          r.disease, r.disease_en, r.class, c.evidence, c.found_at, c.due_at, c.state, ${late} as late, c.answered_at, s.name as answered_by, c.card_number, c.reason
        from notifiable_card c join notifiable_rule r on r.code = c.rule_code join orders o on o.id = c.order_id
          join institution i on i.id = c.institution_id left join staff s on s.id = c.answered_by
        where ${visibleOrders(actor, 'o')} and ${state}
          and ${query.q ? sql`(o.patient_name ilike ${like} or o.accession_number ilike ${like} or r.disease ilike ${like})` : sql`true`}
          and ${query.institutionId ? sql`c.institution_id = ${query.institutionId}` : sql`true`} and ${query.rule ? sql`c.rule_code = ${query.rule}` : sql`true`}
          and ${query.from ? sql`c.found_at >= (${query.from}::date::timestamp at time zone 'Asia/Shanghai')` : sql`true`} and ${query.to ? sql`c.found_at < ((${query.to}::date + 1)::timestamp at time zone 'Asia/Shanghai')` : sql`true`}
          and ${after ? sql`(c.due_at, c.id) > (${after[1]}::timestamptz, ${after[2]}::uuid)` : sql`true`}
        order by c.due_at, c.id limit ${query.limit + 1}`.execute(ctx.db);
      const items = rows.slice(0, query.limit);
      await recordAudit(ctx.db, actor, {
        action: 'list.view',
        subjectType: 'notifiable-card',
        detail: query,
      });
      const last = rows.length > query.limit ? items.at(-1) : undefined;
      return { items, nextCursor: last ? `${last.dueAt.toISOString()}_${last.id}` : null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/notifiable-summary',
      summary: 'Cards of a span by site and disease: reported in time, reported late, overdue, dismissed',
      access: 'quality.read',
      query: z.object({ from: z.iso.date(), to: z.iso.date() }),
    },
    async ({ query }) => ({
      items: await readSummary(ctx.db, query, ctx.clock.now()),
      nextCursor: null,
    }),
  );
  ruleRoutes(ctx, router);
  endpoint(
    router,
    {
      method: 'post',
      path: '/notifiable/:id/answer',
      summary: 'Reported with its card number, or dismissed with a reason',
      access: 'report.acknowledge',
      params: idParams,
      body: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('reported'), cardNumber: z.string().trim().min(1).max(60) }),
        z.object({ kind: z.literal('dismissed'), reason: z.string().trim().min(1).max(500) }),
      ]),
    },
    async ({ actor, params, body }) => {
      await answerCard(ctx, actor, params.id, body);
      return { ok: true };
    },
  );
}
