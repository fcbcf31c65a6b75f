import type { Router } from 'express';
import { sql } from 'kysely';
import { z } from 'zod';
import { can, personId } from '../access/actor.ts';
import { checkPasswordRules, hashPassword } from '../access/password.ts';
import { normalIssuer } from '../access/provider/identityProvider.ts';
import { dropTotp } from '../access/secondFactorRoutes.ts';
import { areOneAdministrator, ROLE_NAMES, type Role } from '../access/roles.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import type { Transaction } from '../database.ts';
import { conflict, forbidden, notFound } from '../errors.ts';
import { endpoint, idParams, pageQuery, someOf } from '../http.ts';
import { CENTER_KINDS } from '../order/requestInput.ts';
import { audited } from './audited.ts';
import { clean } from './institutionRoutes.ts';

const SCOPE = /^[a-z]+(:[A-Z0-9]{1,16})?$/;

const facts = z.object({
  name: z.string().trim().min(1).max(60),
  nameEn: z.string().max(100).nullish(),
  title: z.string().max(60).nullish(),
  licenceNumber: z.string().max(60).nullish(),
  licenceScope: z
    .array(
      z
        .string()
        .refine(
          (scope) =>
            SCOPE.test(scope) && (CENTER_KINDS as readonly string[]).includes(scope.split(':')[0] ?? ''),
          {
            message: 'a centre, or a modality of one: imaging, imaging:US',
            params: { code: 'licence-scope' },
          },
        ),
    )
    .max(20)
    .optional(),
  licenceUntil: z.iso.date().nullish(),
  institutionId: z.uuid(),
  phone: z.string().max(40).nullish(),
  active: z.boolean().optional(),
});

export function staffRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/staff',
      summary: 'Staff with their roles',
      access: ['admin.staff', 'security.grant', 'roster.edit', 'quality.read'],
      query: pageQuery.extend({ q: z.string().max(60).optional(), institutionId: z.uuid().optional() }),
    },
    async ({ actor, query }) => {
      // Who opens what by the identity provider is of no use to a roster.
      const issuer =
        ctx.config.oidc && can(actor, 'security.grant') ? normalIssuer(ctx.config.oidc.issuer) : undefined;
      const q = query.q?.replace(/[\\%_]/g, '\\$&');
      const items = await ctx.db
        .selectFrom('staff')
        .innerJoin('institution', 'institution.id', 'staff.institutionId')
        .select([
          'staff.id',
          'staff.username',
          'staff.name',
          'staff.nameEn',
          'staff.title',
          'staff.licenceNumber',
          'staff.licenceScope',
          'staff.licenceUntil',
          'staff.institutionId',
          'staff.active',
          'staff.phone',
          'staff.lockedUntil',
          'staff.totpConfirmedAt',
          'institution.shortName as institutionName',
        ])
        .select(
          sql<
            unknown[]
          >`(select coalesce(json_agg(json_build_object('id', r.id, 'role', r.role, 'centerKind', r.center_kind, 'institutionId', r.institution_id, 'institutionName', i.short_name) order by r.role), '[]') from staff_role r join institution i on i.id = r.institution_id where r.staff_id = staff.id and r.revoked_at is null)`.as(
            'roles',
          ),
        )
        .$if(issuer !== undefined, (qb) =>
          qb.select(
            sql<unknown>`(select json_build_object('subject', s.subject, 'account', s.account, 'linkedAt', s.linked_at, 'lastUsedAt', s.last_used_at) from staff_identity s where s.staff_id = staff.id and s.issuer = ${issuer ?? ''} and s.unlinked_at is null)`.as(
              'identity',
            ),
          ),
        )
        .$if(Boolean(q), (qb) =>
          qb.where((eb) =>
            eb.or([eb('staff.name', 'ilike', `%${q}%`), eb('staff.username', 'ilike', `%${q}%`)]),
          ),
        )
        .$if(Boolean(query.institutionId), (qb) =>
          qb.where('staff.institutionId', '=', query.institutionId ?? ''),
        )
        .$if(Boolean(query.cursor), (qb) => qb.where('staff.username', '>', query.cursor ?? ''))
        .orderBy('staff.username')
        .limit(query.limit + 1)
        .execute();
      const page = items.slice(0, query.limit);
      return { items: page, nextCursor: items.length > query.limit ? (page.at(-1)?.username ?? null) : null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/staff',
      summary: 'Add a person (without rights)',
      access: 'admin.staff',
      body: facts.extend({
        username: z.string().regex(/^[a-zA-Z0-9._-]{2,64}$/),
        password: z.string().max(200),
      }),
      status: 201,
    },
    async ({ actor, body }) => {
      const { password, ...person } = body;
      checkPasswordRules(password, person.username);
      const passwordHash = await hashPassword(password);
      return audited(
        ctx,
        actor,
        {
          action: 'staff.create',
          subjectType: 'staff',
          detail: { username: person.username, institutionId: person.institutionId },
        },
        (trx) =>
          trx
            .insertInto('staff')
            .values({ ...clean(person), passwordHash, mustChangePassword: true })
            .returning(['id', 'username', 'name'])
            .executeTakeFirstOrThrow(),
      );
    },
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/staff/:id',
      summary: 'Change a person',
      access: 'admin.staff',
      params: idParams,
      body: someOf(facts),
    },
    async ({ actor, params, body }) =>
      audited(
        ctx,
        actor,
        { action: 'staff.change', subjectType: 'staff', subjectId: params.id, detail: body },
        async (trx) => {
          const row = await trx
            .updateTable('staff')
            .set(clean(body))
            .where('id', '=', params.id)
            .returning(['id', 'username', 'name', 'active'])
            .executeTakeFirst();
          if (!row) throw notFound('staff', params.id);
          if (body.active === false)
            await trx
              .updateTable('session')
              .set({ revokedAt: ctx.clock.now() })
              .where('staffId', '=', params.id)
              .where('revokedAt', 'is', null)
              .execute();
          return row;
        },
      ),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/staff/:id/password',
      summary: 'Give a new first password',
      access: 'admin.staff',
      params: idParams,
      body: z.object({ password: z.string().max(200) }),
    },
    async ({ actor, params, body }) => {
      const staff = await ctx.db
        .selectFrom('staff')
        .select('username')
        .where('id', '=', params.id)
        .executeTakeFirst();
      if (!staff) throw notFound('staff', params.id);
      checkPasswordRules(body.password, staff.username);
      const passwordHash = await hashPassword(body.password);
      await audited(
        ctx,
        actor,
        { action: 'staff.reset-password', subjectType: 'staff', subjectId: params.id },
        async (trx) => {
          await trx
            .updateTable('staff')
            .set({ passwordHash, mustChangePassword: true, failedLoginsAt: [], lockedUntil: null })
            .where('id', '=', params.id)
            .execute();
          await trx
            .updateTable('session')
            .set({ revokedAt: ctx.clock.now() })
            .where('staffId', '=', params.id)
            .where('revokedAt', 'is', null)
            .execute();
        },
      );
      return { ok: true };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/staff/:id/roles',
      summary: 'Grant a role',
      access: 'security.grant',
      params: idParams,
      body: z.object({
        role: z.enum(ROLE_NAMES),
        institutionId: z.uuid(),
        centerKind: z.enum(CENTER_KINDS).nullish(),
      }),
      status: 201,
    },
    async ({ actor, params, body }) => {
      const grantedBy = personId(actor);
      if (grantedBy === params.id) throw forbidden('nobody grants rights to himself', 'own-rights');
      return audited(
        ctx,
        actor,
        { action: 'security.grant', subjectType: 'staff', subjectId: params.id, detail: body },
        async (trx) => {
          await requireThreePeople(trx, params.id, body.role);
          return trx
            .insertInto('staffRole')
            .values({
              staffId: params.id,
              role: body.role,
              institutionId: body.institutionId,
              centerKind: body.centerKind ?? null,
              grantedBy,
            })
            .returningAll()
            .executeTakeFirstOrThrow();
        },
      );
    },
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/staff/:id/totp',
      summary: 'Take the second factor off an account whose phone is lost',
      access: 'security.grant',
      params: idParams,
    },
    async ({ actor, params }) => {
      if (params.id === actor.id) throw forbidden('nobody changes his own rights', 'own-rights');
      const known = await ctx.db
        .selectFrom('staff')
        .select('id')
        .where('id', '=', params.id)
        .executeTakeFirst();
      if (!known) throw notFound('staff', params.id);
      await ctx.db.transaction().execute((trx) => dropTotp(trx, actor, params.id));
      return undefined;
    },
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/staff-roles/:id',
      summary: 'Take a role away',
      access: 'security.grant',
      params: idParams,
    },
    async ({ actor, params }) => {
      await ctx.db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('staffRole')
          .set({ revokedAt: ctx.clock.now() })
          .where('id', '=', params.id)
          .where('revokedAt', 'is', null)
          .returning(['staffId', 'role', 'institutionId', 'centerKind'])
          .executeTakeFirst();
        if (!row) throw notFound('role', params.id);
        const { staffId, ...detail } = row;
        if (staffId === actor.id) throw forbidden('nobody changes his own rights', 'own-rights');
        await recordAudit(trx, actor, {
          action: 'security.revoke',
          subjectType: 'staff',
          subjectId: staffId,
          detail,
        });
      });
      return undefined;
    },
  );
}

/** Who sets up, who grants and who looks at the trail are three people. Throws 409 `one-administrator`. */
async function requireThreePeople(trx: Transaction, staffId: string, role: Role): Promise<void> {
  // two roles that are granted at once: the second sees the first
  await trx.selectFrom('staff').select('id').where('id', '=', staffId).forUpdate().execute();
  const held = await trx
    .selectFrom('staffRole')
    .select('role')
    .where('staffId', '=', staffId)
    .where('revokedAt', 'is', null)
    .execute();
  if (!areOneAdministrator([role, ...held.map((each) => each.role as Role)]))
    throw conflict(
      'one-administrator',
      'system administrator, security administrator and auditor are three people',
    );
}
