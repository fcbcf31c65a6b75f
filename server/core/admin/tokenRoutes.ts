import type { Router } from 'express';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { personId } from '../access/actor.ts';
import { MACHINE_VERBS } from '../access/roles.ts';
import { readScope } from '../access/scopes.ts';
import { hashToken, LONGEST_TOKEN_DAYS } from '../access/token.ts';
import type { Context } from '../context.ts';
import { notFound } from '../errors.ts';
import { endpoint, idParams } from '../http.ts';
import { audited } from './audited.ts';

export function tokenRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/tokens',
      summary: 'Machine tokens (never their secret)',
      access: 'admin.device',
    },
    async () => {
      const items = await ctx.db
        .selectFrom('apiToken')
        .innerJoin('institution', 'institution.id', 'apiToken.institutionId')
        .select([
          'apiToken.id',
          'apiToken.name',
          'apiToken.verbs',
          'apiToken.scopes',
          'apiToken.createdAt',
          'apiToken.expiresAt',
          'apiToken.revokedAt',
          'apiToken.lastUsedAt',
          'institution.shortName as institutionName',
        ])
        .orderBy('apiToken.createdAt', 'desc')
        .limit(500)
        .execute();
      return { items, nextCursor: null };
    },
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/tokens',
      summary: 'Make a token; its secret is shown once',
      access: 'admin.device',
      body: z
        .object({
          name: z.string().trim().min(1).max(80),
          institutionId: z.uuid(),
          verbs: z.array(z.enum(MACHINE_VERBS)).default([]),
          scopes: z
            .array(
              z.string().refine((scope) => readScope(scope) !== undefined, {
                message: 'is not a FHIR scope of the hub',
                params: { code: 'fhir-scope' },
              }),
            )
            .max(50)
            .default([]),
          days: z.number().int().min(1).max(LONGEST_TOKEN_DAYS).default(365),
        })
        .refine((body) => body.verbs.length + body.scopes.length > 0, {
          path: ['verbs'],
          message: 'grant at least one right or FHIR scope',
          params: { code: 'token-empty' },
        }),
      status: 201,
    },
    async ({ actor, body }) => {
      const token = `hub_${randomBytes(30).toString('base64url')}`;
      const expiresAt = new Date(ctx.clock.now().getTime() + body.days * 86_400_000);
      const row = await audited(
        ctx,
        actor,
        {
          action: 'token.create',
          subjectType: 'token',
          detail: {
            name: body.name,
            verbs: body.verbs,
            scopes: body.scopes,
            institutionId: body.institutionId,
          },
        },
        (trx) =>
          trx
            .insertInto('apiToken')
            .values({
              name: body.name,
              tokenHash: hashToken(token),
              institutionId: body.institutionId,
              verbs: body.verbs,
              scopes: body.scopes,
              createdBy: personId(actor),
              expiresAt,
            })
            .returning(['id', 'name', 'expiresAt'])
            .executeTakeFirstOrThrow(),
      );
      return { ...row, token };
    },
  );
  endpoint(
    router,
    {
      method: 'delete',
      path: '/tokens/:id',
      summary: 'Revoke a token',
      access: 'admin.device',
      params: idParams,
    },
    async ({ actor, params }) => {
      await audited(
        ctx,
        actor,
        { action: 'token.revoke', subjectType: 'token', subjectId: params.id },
        async (trx) => {
          const row = await trx
            .updateTable('apiToken')
            .set({ revokedAt: ctx.clock.now() })
            .where('id', '=', params.id)
            .where('revokedAt', 'is', null)
            .returning('id')
            .executeTakeFirst();
          if (!row) throw notFound('token', params.id);
        },
      );
      return undefined;
    },
  );
}
