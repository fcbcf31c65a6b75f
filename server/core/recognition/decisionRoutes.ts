import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { can, requirePermission } from '../access/actor.ts';
import { visibleOrders } from '../access/orderScope.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { invalid } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { patientInput, requestInput } from '../order/requestInput.ts';
import { findPatients } from '../patient/findOrCreatePatient.ts';
import { brief } from '../report/routes.ts';
import { decidePrompts } from './decidePrompts.ts';
import { findEarlierResults } from './findEarlierResults.ts';
import { newestOfEach } from './choosePrompts.ts';
import { askForOrder } from './platform/askForOrder.ts';
import { readDecisions, readOpenPrompts } from './readOpenPrompts.ts';

/** Earlier results before an order is sent, and the decisions on orders that wait or went ahead. */
export function decisionRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'post',
      path: '/recognition/check',
      summary:
        'Earlier results of a patient for items that are about to be ordered, the county’s and those of other platforms; nothing is counted',
      access: 'order.request',
      body: z.object({
        items: requestInput.shape.items,
        identifiers: patientInput.shape.identifiers.unwrap().min(1),
      }),
    },
    async ({ actor, body }) => {
      const institutionId = actor.institutionId;
      if (!institutionId) throw invalid('a request comes from an institution', 'needs-institution');
      requirePermission(actor, 'order.request', { institutionId });
      const [patientId] = await findPatients(ctx, ctx.db, body.identifiers, institutionId);
      const codes = body.items.map((item) => item.code);
      const [items, platforms] = await Promise.all([
        patientId ? findEarlierResults(ctx, ctx.db, patientId, codes, ctx.clock.now()) : [],
        askForOrder(ctx, actor, { ...body, patientId, institutionId, itemCodes: codes }),
      ]);
      if (patientId)
        await recordAudit(ctx.db, actor, {
          action: 'recognition.check',
          subjectType: 'patient',
          subjectId: patientId,
          patientId,
          detail: { items: codes, found: items.length },
        });
      return {
        items,
        platforms: { ...platforms, items: newestOfEach(platforms.items) },
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/pending',
      summary: 'Prompts that wait for a decision',
      access: 'recognition.decide',
    },
    async ({ actor }) => {
      const { rows } =
        await sql`select p.id, p.item_code || ':' || coalesce(p.signed_report_id::text, x.fingerprint) as prompt_id, p.item_code, c.name as item_name, p.order_id, o.accession_number, o.patient_name, o.status::text as status, p.emergency, p.label, p.prompted_at, p.due_at, p.source_order_id,
        coalesce(s.content, x.content)->>'impression' as impression, coalesce(s.signed_at, (x.content->>'signedAt')::timestamptz) as signed_at, coalesce(src.accession_number, x.content->>'reportNumber') as source_accession_number,
        coalesce(i.short_name, x.content->>'institutionName') as source_institution_name, x.content->>'platformName' as platform_name
      from recognition_prompt p join orders o on o.id = p.order_id join catalogue_item c on c.code = p.item_code left join signed_report s on s.id = p.signed_report_id left join orders src on src.id = p.source_order_id left join institution i on i.id = src.performing_institution_id left join platform_result x on x.id = p.platform_result_id
      where p.decision is null and o.status not in ('cancelled', 'void') and ${visibleOrders(actor, 'o')} order by p.prompted_at limit 200`.execute(
          ctx.db,
        );
      await recordAudit(ctx.db, actor, { action: 'list.view', subjectType: 'recognition-prompt' });
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/recognition',
      summary:
        'Earlier results that an order waits for a decision on, as they stand now, and what was decided',
      access: 'order.read',
      params: idParams,
    },
    async ({ actor, params }) => ({
      items: can(actor, 'recognition.decide') ? await readOpenPrompts(ctx, actor, params.id) : [],
      decided: await readDecisions(ctx, actor, params.id),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/orders/:id/recognition',
      summary: 'Decide on the prompts of an order; answers the texts to cite and what is ordered of it again',
      access: 'recognition.decide',
      params: idParams,
      body: requestInput.pick({ recognitionDecisions: true }).required(),
    },
    async ({ actor, params, body }) => {
      const { order, adopted, rest } = await decidePrompts(ctx, actor, params.id, body.recognitionDecisions);
      return { ...brief(order), adopted, rest: rest.map(brief) };
    },
  );
}
