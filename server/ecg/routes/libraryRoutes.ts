import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { endpoint, idParams } from '../../core/http.ts';
import { defaultRules } from '../analysis/rules.ts';
import { addStatement, changeStatement, searchStatements } from '../statements.ts';
import { describeFolders, saveFolders } from '../watchFolders.ts';

const statement = z.object({
  category: z.enum(['normal', 'rhythm', 'conduction', 'axis', 'chamber', 'ischaemia', 'other']),
  textZh: z.string().trim().min(1).max(200),
  textEn: z.string().trim().min(1).max(200),
  normal: z.boolean().default(false),
  ruleCode: z.string().max(60).nullable().optional(),
  active: z.boolean().default(true),
});

/** What the centre owns: statement library, flag rules, watched folders. */
export function libraryRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/statements',
      summary: 'Statement library by number, initials or words',
      access: 'signed-in',
      query: z.object({
        q: z.string().max(60).default(''),
        limit: z.coerce.number().int().min(1).max(200).default(200),
        all: z.stringbool().default(false),
      }),
    },
    async ({ query }) => ({
      items: await searchStatements(ctx.db, query.q, query.limit, query.all),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/ecg/statements',
      summary: 'Add a statement',
      access: 'template.edit',
      body: statement,
      status: 201,
    },
    async ({ actor, body }) => addStatement(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/ecg/statements/:id',
      summary: 'Change a statement',
      access: 'template.edit',
      params: idParams,
      body: statement,
    },
    async ({ actor, params, body }) => changeStatement(ctx, actor, params.id, body),
  );
  endpoint(
    router,
    { method: 'get', path: '/ecg/rules', summary: 'Flag rules with their words', access: 'signed-in' },
    async () => ({
      items: defaultRules.map((rule) => ({ code: rule.code, tier: rule.tier, zh: rule.zh, en: rule.en })),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/ecg/folders',
      summary: 'Watched folders, and what nobody takes there',
      access: 'admin.settings',
    },
    async () => ({ items: await describeFolders(ctx.db), nextCursor: null }),
  );
  endpoint(
    router,
    {
      method: 'put',
      path: '/ecg/folders',
      summary: 'Set the watched folders',
      access: 'admin.settings',
      body: z.object({
        folders: z
          .array(z.object({ path: z.string().min(1).max(500), institution: z.string().min(1).max(40) }))
          .max(50),
      }),
    },
    async ({ actor, body }) => ({ items: await saveFolders(ctx, actor, body.folders), nextCursor: null }),
  );
}
