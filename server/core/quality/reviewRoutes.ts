import type { Router } from 'express';
import { sql, type RawBuilder } from 'kysely';
import { z } from 'zod';
import { personId } from '../access/actor.ts';
import type { Context } from '../context.ts';
import type { Queryable } from '../database.ts';
import { notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { readReviewStatistics } from './reviewStatistics.ts';
import { appealReview, decideAppeal } from './review/appeal.ts';
import { drawReviews } from './review/drawReviews.ts';
import { readBlind } from './review/readBlind.ts';
import { settleConference } from './review/settleConference.ts';

const days = z.object({ from: z.iso.date(), to: z.iso.date() });
const score = z.number().int().min(1).max(4);
const words = z.string().trim().min(1).max(2_000);

/** Sampling reviews: drawn, read blind by one or two, settled in conference, appealed, counted. */
export function reviewRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/quality/reviews',
      summary: 'Draw reports for review',
      access: 'quality.review',
      body: days.extend({
        center: z.enum(CENTER_KINDS),
        count: z.number().int().min(1).max(500),
        institutionId: z.uuid().optional(),
        readerId: z.uuid().optional(),
        modality: z.string().max(16).optional(),
        correctedOnly: z.boolean().optional(),
        readings: z.number().int().min(1).max(2).default(1),
      }),
      status: 201,
    },
    ({ actor, body }) => drawReviews(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/reviews',
      summary: 'Reviews; the readers’ names are hidden until decided',
      access: ['quality.review', 'quality.read'],
      query: z.object({ open: z.stringbool().default(true) }),
    },
    async ({ actor, query }) => {
      const rows = await selectReviews(
        ctx.db,
        personId(actor),
        query.open ? sql`q.decided_at is null` : sql`true`,
      );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/reviews/:id',
      summary: 'One review, for reading; names are hidden until decided',
      access: ['quality.review', 'quality.read'],
      params: idParams,
    },
    async ({ actor, params }) => {
      const [row] = await selectReviews(ctx.db, personId(actor), sql`q.id = ${params.id}`);
      if (!row) throw notFound('review', params.id);
      return row;
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/quality/reviews/:id',
      summary: 'Score a report, and grade what it was made from',
      access: 'quality.review',
      params: idParams,
      body: z.object({
        score,
        compliance: z.object({
          compliant: z.boolean(),
          faults: z.array(z.string().max(60)).max(20).default([]),
        }),
        comment: z.string().max(2_000).optional(),
        inputGrade: z
          .object({ grade: z.enum(['A', 'B', 'C']), faults: z.array(z.string().max(40)).max(10).default([]) })
          .optional(),
      }),
    },
    async ({ actor, params, body }) => ({ ok: true, ...(await readBlind(ctx, actor, params.id, body)) }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/quality/reviews/:id/conference',
      summary: 'Settle a discrepancy in conference',
      access: 'quality.review',
      params: idParams,
      body: z.object({
        participants: z.array(z.string().trim().min(1).max(60)).min(2).max(20),
        score,
        compliant: z.boolean(),
        faults: z.array(z.string().max(60)).max(20).default([]),
        conclusion: words,
      }),
    },
    async ({ actor, params, body }) => {
      await settleConference(ctx, actor, params.id, body);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/my-reviews',
      summary: 'Decided reviews of one’s own reports',
      access: 'report.write',
    },
    async ({ actor }) => {
      const { rows } =
        await sql`select q.id, q.order_id, o.accession_number, o.item_name, q.state, q.score, q.compliance, q.comment, q.decided_at, q.appeal, q.appeal_decision from quality_review q join orders o on o.id = q.order_id join signed_report s on s.id = q.signed_report_id
      where q.decided_at is not null and (s.reporter_id = ${personId(actor)} or s.signer_id = ${personId(actor)}) order by q.decided_at desc limit 100`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/quality/reviews/:id/appeal',
      summary: 'The writer appeals a grade',
      access: 'report.write',
      params: idParams,
      body: z.object({ text: words }),
    },
    async ({ actor, params, body }) => {
      await appealReview(ctx, actor, params.id, body.text);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/quality/reviews/:id/appeal/decide',
      summary: 'Decide an appeal',
      access: 'quality.review',
      params: idParams,
      body: z.object({ upheld: z.boolean(), score: score.optional(), reason: words }),
    },
    async ({ actor, params, body }) => {
      await decideAppeal(ctx, actor, params.id, body);
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/quality/review-statistics',
      summary: 'Grades by site and writer with intervals, κ between readers',
      access: 'quality.read',
      query: days.extend({ center: z.enum(CENTER_KINDS).optional() }),
    },
    ({ query }) => readReviewStatistics(ctx.db, query.from, query.to, query.center),
  );
}

async function selectReviews(db: Queryable, me: string, which: RawBuilder<unknown>): Promise<object[]> {
  const { rows } = await sql<object>`
    select q.id, q.batch, q.order_id, o.center_kind::text as center, o.accession_number, o.item_name, o.modality, s.content, q.state, q.readings_wanted, q.score, q.compliance, q.comment, q.decided_at, q.drawn_at, q.conference, q.input_grade, q.input_faults, q.appeal, q.appeal_decision, r.name as reviewer, case when q.decided_at is null then null else w.name end as reporter,
      (select count(*)::int from review_reading x where x.review_id = q.id) as readings, exists (select 1 from review_reading x where x.review_id = q.id and x.reader_id = ${me}) as read_by_me,
      case when q.state in ('conference', 'decided', 'appealed', 'closed') then (select json_agg(json_build_object('reader', y.name, 'score', x.score, 'comment', x.comment) order by x.read_at) from review_reading x join staff y on y.id = x.reader_id where x.review_id = q.id) end as readings_shown
    from quality_review q join orders o on o.id = q.order_id join signed_report s on s.id = q.signed_report_id left join staff r on r.id = q.reviewer_id left join staff w on w.id = s.reporter_id
    where ${which} order by (q.decided_at is null) desc, q.drawn_at desc limit 200`.execute(db);
  return rows;
}
