import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import type { ReportContent } from '../center.ts';
import type { Context } from '../context.ts';
import { endpoint } from '../http.ts';
import { findEvidence } from './matchRules.ts';
import { ruleBody, saveRule } from './saveRule.ts';

const TRIED = 5_000;
const SHOWN = 50;
const codeParams = z.object({ code: z.string().regex(/^[a-z0-9-]{2,40}$/) });

/** Rules of notifiable diseases: read, changed version by version, tried on what was signed before. */
export function ruleRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/notifiable-rules',
      summary: 'Rules of notifiable diseases in force, with who changed them',
      access: ['quality.read', 'report.acknowledge'],
    },
    async () => {
      const { rows } = await sql`
        select r.code, r.disease, r.disease_en, r.class, r.due_hours, r.words, r.test_codes, r.test_values, r.active, r.version, r.updated_at, s.name as updated_by,
          (select count(*)::int from notifiable_card c where c.rule_code = r.code) as cards
        from notifiable_rule r left join staff s on s.id = r.updated_by order by r.class, r.disease`.execute(
        ctx.db,
      );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/notifiable-rules/:code/versions',
      summary: 'Every version of a rule, newest first',
      access: 'quality.read',
      params: codeParams,
    },
    async ({ params }) => {
      const { rows } = await sql`
        select v.version, v.definition, v.reason, v.made_at, s.name as made_by, (select count(*)::int from notifiable_card c where c.rule_code = v.code and c.rule_version = v.version) as cards
        from notifiable_rule_version v left join staff s on s.id = v.made_by where v.code = ${params.code} order by v.version desc limit 200`.execute(
        ctx.db,
      );
      return { items: rows, nextCursor: null };
    },
  );
  for (const method of ['put', 'post'] as const)
    endpoint(
      router,
      {
        method,
        path: '/notifiable-rules/:code',
        summary: method === 'put' ? 'Change a rule: its next version' : 'A new rule',
        access: 'quality.review',
        params: codeParams,
        body: method === 'put' ? z.intersection(ruleBody, z.object({ version: z.number().int() })) : ruleBody,
      },
      async ({ actor, params, body }) => {
        const { version, ...rule } = body as z.output<typeof ruleBody> & { version?: number };
        return saveRule(ctx, actor, params.code, rule, version);
      },
    );
  endpoint(
    router,
    {
      method: 'post',
      path: '/notifiable-rules-try',
      summary: 'What a rule would have found in the reports of the last days; nothing is written',
      access: 'quality.review',
      body: z.object({
        words: z.array(z.string().max(60)).max(60),
        testCodes: z.array(z.string().max(24)).max(60),
        testValues: z.array(z.string().max(60)).max(60),
        days: z.number().int().min(1).max(365).default(90),
      }),
    },
    async ({ body }) => {
      const since = new Date(ctx.clock.now().getTime() - body.days * 86_400_000);
      const { rows } = await sql<{ orderId: string; accessionNumber: string; signedAt: Date; content: ReportContent }>`
        select s.order_id, o.accession_number, s.signed_at, s.content from signed_report s join orders o on o.id = s.order_id
        where s.signed_at >= ${since} and s.state = 'valid' and s.kind not in ('void', 'partial') order by s.signed_at desc limit ${TRIED}`.execute(
        ctx.db,
      ); // prettier-ignore
      const found = rows.flatMap(({ content, ...row }) => {
        const evidence = findEvidence({ code: 'try', ...body }, content);
        return evidence === undefined ? [] : [{ ...row, evidence }];
      });
      return { read: rows.length, found: found.length, items: found.slice(0, SHOWN), nextCursor: null };
    },
  );
}
