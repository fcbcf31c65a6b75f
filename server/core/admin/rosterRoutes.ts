import type { Router } from 'express';
import { z } from 'zod';
import { requirePermissionOver, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { invalid, notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { audited } from './audited.ts';

const instant = z.iso.datetime({ offset: true });
const DUTIES = [
  'reporter',
  'verifier',
  'clinician',
  'site-duty',
  'site-head',
  'duty-office',
  'technician',
] as const;

export function rosterRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/roster',
      summary: 'Duty in a span of time',
      access: 'signed-in',
      query: z.object({
        from: instant,
        to: instant,
        institutionId: z.uuid().optional(),
        center: z.enum(CENTER_KINDS).optional(),
      }),
    },
    async ({ query }) => {
      const items = await ctx.db
        .selectFrom('rosterShift as r')
        .innerJoin('staff as s', 's.id', 'r.staffId')
        .innerJoin('institution as i', 'i.id', 'r.institutionId')
        .select([
          'r.id',
          'r.institutionId',
          'i.shortName as institutionName',
          'r.centerKind',
          'r.duty',
          'r.startsAt',
          'r.endsAt',
          'r.phone',
          'r.staffId',
          's.name as staffName',
        ])
        .where('r.startsAt', '<', new Date(query.to))
        .where('r.endsAt', '>', new Date(query.from))
        .$if(Boolean(query.institutionId), (qb) =>
          qb.where('r.institutionId', '=', query.institutionId ?? ''),
        )
        .$if(Boolean(query.center), (qb) => qb.where('r.centerKind', '=', query.center ?? 'imaging'))
        .orderBy('r.startsAt')
        .orderBy('r.id')
        .limit(2_000)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/roster',
      summary: 'Add a shift',
      access: 'roster.edit',
      body: z.object({
        institutionId: z.uuid(),
        centerKind: z.enum(CENTER_KINDS).nullish(),
        staffId: z.uuid(),
        duty: z.enum(DUTIES),
        startsAt: instant,
        endsAt: instant,
        phone: z.string().max(40).nullish(),
      }),
      status: 201,
    },
    async ({ actor, body }) => {
      if (Date.parse(body.endsAt) <= Date.parse(body.startsAt))
        throw invalid('a shift ends after it starts', [{ path: 'endsAt', code: 'ends-before-start' }]);
      const { institutionId, centerKind = null } = body;
      requirePermissionOver(actor, 'roster.edit', { institutionId, centerKind });
      return audited(ctx, actor, { action: 'roster.add', subjectType: 'roster', detail: body }, (trx) =>
        trx
          .insertInto('rosterShift')
          .values({ ...body, centerKind, phone: body.phone ?? null })
          .returningAll()
          .executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/roster/:id',
      summary: 'Remove a shift that has not begun; one that runs ends now and stays on record',
      access: 'roster.edit',
      params: idParams,
    },
    async ({ actor, params }) => {
      await removeShift(ctx, actor, params.id);
      return undefined;
    },
  );
}

/** Throws 404 for a shift that is over and 403 for one of another house or centre. */
async function removeShift(ctx: Context, actor: Actor, id: string): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    const shift = await trx
      .selectFrom('rosterShift')
      .select(['institutionId', 'centerKind', 'staffId', 'duty', 'startsAt', 'endsAt'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (!shift || shift.endsAt <= now) throw notFound('shift that has not ended', id);
    requirePermissionOver(actor, 'roster.edit', shift);
    const begun = shift.startsAt < now;
    if (begun) await trx.updateTable('rosterShift').set({ endsAt: now }).where('id', '=', id).execute();
    else await trx.deleteFrom('rosterShift').where('id', '=', id).execute();
    await recordAudit(trx, actor, {
      action: begun ? 'roster.end' : 'roster.remove',
      subjectType: 'roster',
      subjectId: id,
      detail: shift,
    });
  });
}
