import express, { type Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { personId, type Actor } from '../access/actor.ts';
import { audited } from '../admin/audited.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { badRequest, forbidden, invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { getVisibleOrder } from '../order/order.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { CELLS, JUDGES, readAgreement, readAgreementCases } from './agreement.ts';
import { findingsInput } from './findings.ts';
import { queueCases, takeCase } from './queueCases.ts';
import { readStructuredReport } from './readStructuredReport.ts';
import { storeResult } from './storeResult.ts';

const text = z.string().trim().min(1).max(300);

/** Algorithms as devices: registered, given cases, heard, judged by doctors. */
export function algorithmRoutes(ctx: Context, router: Router): void {
  router.use('/algorithm-cases', express.raw({ type: 'application/dicom', limit: '20mb' }));
  endpoint(
    router,
    {
      method: 'get',
      path: '/algorithms',
      summary: 'Registered algorithms with their cases',
      access: ['admin.device', 'quality.read'],
    },
    async () => {
      const { rows } =
        await sql`select a.device_id as id, d.name, a.version, a.vendor, a.intended_use, a.registration_number, a.center_kind::text as center, a.modalities, a.built_in, a.judges, a.may_raise_priority, a.active, i.short_name as institution_name,
        (select count(*)::int from algorithm_case c where c.device_id = a.device_id and c.state = 'done') as done, (select count(*)::int from algorithm_case c where c.device_id = a.device_id and c.state in ('waiting', 'taken')) as waiting, (select count(*)::int from algorithm_case c where c.device_id = a.device_id and c.state = 'failed') as failed,
        (select c.error from algorithm_case c where c.device_id = a.device_id and c.state = 'failed' order by c.done_at desc nulls last limit 1) as last_error
      from algorithm a join device d on d.id = a.device_id left join institution i on i.id = d.institution_id order by d.name limit 200`.execute(
          ctx.db,
        );
      const builtIn = ctx.centers.flatMap((center) =>
        Object.keys(center.algorithms ?? {}).map((name) => ({ name, center: center.kind })),
      );
      return { items: rows, builtIn, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/algorithms',
      summary: 'Register an algorithm: of the hub by name, or outside with a machine token',
      access: 'admin.device',
      body: z.object({
        name: text,
        version: z.string().trim().min(1).max(60),
        vendor: text,
        intendedUse: text,
        registrationNumber: z.string().trim().min(1).max(80).nullish(),
        institutionId: z.uuid(),
        center: z.enum(CENTER_KINDS),
        modalities: z.array(z.string().max(16)).max(20).default([]),
        builtIn: z.string().max(60).optional(),
        tokenId: z.uuid().optional(),
        /** What its "positive" means, and so what it is compared with. */
        judges: z.enum(JUDGES).default('disease'),
        mayRaisePriority: z.boolean().default(false),
      }),
      status: 201,
    },
    async ({ actor, body }) => {
      const center = ctx.centers.find((each) => each.kind === body.center);
      const errors = [];
      if ((body.builtIn === undefined) === (body.tokenId === undefined))
        errors.push({ path: 'builtIn', message: '请选择内置算法或外部算法的令牌之一', code: 'one-of' });
      if (body.builtIn && !center?.algorithms?.[body.builtIn])
        errors.push({ path: 'builtIn', message: '没有这个内置算法', code: 'unknown' });
      if (body.mayRaisePriority && !body.registrationNumber)
        errors.push({
          path: 'registrationNumber',
          message: '未注册的算法不得提升优先级',
          code: 'registration',
        });
      if (errors.length > 0) throw invalid('the algorithm cannot be registered', errors);
      return audited(
        ctx,
        actor,
        { action: 'algorithm.register', detail: { name: body.name, version: body.version } },
        async (trx) => {
          const device = await trx
            .insertInto('device')
            .values({
              kind: 'algorithm',
              name: body.name,
              institutionId: body.institutionId,
              state: 'admitted',
            })
            .returning('id')
            .executeTakeFirstOrThrow();
          await trx
            .insertInto('algorithm')
            .values({
              deviceId: device.id,
              version: body.version,
              vendor: body.vendor,
              intendedUse: body.intendedUse,
              registrationNumber: body.registrationNumber ?? null,
              centerKind: body.center,
              modalities: body.modalities,
              builtIn: body.builtIn ?? null,
              tokenId: body.tokenId ?? null,
              judges: body.judges,
              mayRaisePriority: body.mayRaisePriority,
            })
            .execute();
          return device;
        },
      );
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/algorithms/:id/active',
      summary: 'Switch an algorithm on or off; its results stay',
      access: 'admin.device',
      params: idParams,
      body: z.object({ active: z.boolean() }),
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'algorithm.switch', subjectType: 'device', subjectId: params.id, detail: body },
        async (trx) => {
          const row = await trx
            .updateTable('algorithm')
            .set(body)
            .where('deviceId', '=', params.id)
            .returning('deviceId')
            .executeTakeFirst();
          if (!row) throw notFound('algorithm', params.id);
          return { ok: true };
        },
      ),
  );
  machineRoutes(ctx, router);
  doctorRoutes(ctx, router);
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

function machineRoutes(ctx: Context, router: Router): void {
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
      if (!parsed.success)
        throw badRequest(
          'the findings are not valid',
          parsed.error.issues.map((issue) => ({
            path: issue.path.join('.'),
            message: issue.message,
            code: issue.code,
          })),
        );
      return storeResult(ctx, actor, params.id, parsed.data, { format: 'json', deviceId });
    },
  );
}

function doctorRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/orders/:id/algorithm-results',
      summary: 'Drafts of algorithms beside the report',
      access: 'report.write',
      params: idParams,
    },
    async ({ actor, params }) => {
      const order = await getVisibleOrder(ctx.db, actor, params.id);
      const { rows } =
        await sql`select r.id, r.algorithm_name, r.algorithm_version, r.registration_number, a.vendor, a.intended_use, r.format, r.conclusion, r.positive, r.findings, r.priority, r.received_at, v.verdict, v.note, s.name as decided_by
        from algorithm_result r join algorithm a on a.device_id = r.device_id left join algorithm_verdict v on v.result_id = r.id left join staff s on s.id = v.decided_by where r.order_id = ${order.id} order by r.received_at limit 50`.execute(
          ctx.db,
        );
      return { items: rows, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/algorithm-results/:id/verdict',
      summary: 'What the doctor says of a draft',
      access: 'report.write',
      params: idParams,
      body: z.object({
        verdict: z.enum(['agree', 'partly', 'disagree']),
        note: z.string().max(500).optional(),
      }),
    },
    async ({ actor, params, body }) => {
      const result = await ctx.db
        .selectFrom('algorithmResult')
        .select('orderId')
        .where('id', '=', params.id)
        .executeTakeFirst();
      if (!result) throw notFound('result', params.id);
      await getVisibleOrder(ctx.db, actor, result.orderId);
      const values = {
        verdict: body.verdict,
        note: body.note ?? null,
        decidedBy: personId(actor),
        decidedAt: ctx.clock.now(),
      };
      await audited(
        ctx,
        actor,
        { action: 'algorithm.verdict', subjectType: 'algorithm-result', subjectId: params.id, detail: body },
        (trx) =>
          trx
            .insertInto('algorithmVerdict')
            .values({ resultId: params.id, ...values })
            .onConflict((oc) => oc.column('resultId').doUpdateSet(values))
            .execute(),
      );
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/algorithms/agreement',
      summary: 'Agreement of algorithms with signed reports and doctors',
      access: ['quality.read', 'admin.device'],
      query: z.object({ from: z.iso.date(), to: z.iso.date() }),
    },
    async ({ query }) => ({ items: await readAgreement(ctx.db, query.from, query.to), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/algorithms/agreement/cases',
      summary: 'The cases behind a figure of agreement',
      access: 'quality.read',
      query: z.object({
        from: z.iso.date(),
        to: z.iso.date(),
        name: z.string().max(300),
        version: z.string().max(60),
        cell: z.enum(CELLS).optional(),
      }),
    },
    async ({ actor, query }) => {
      await recordAudit(ctx.db, actor, { action: 'algorithm.agreement-cases', detail: query });
      return { items: await readAgreementCases(ctx.db, query), nextCursor: null };
    },
  );
}
