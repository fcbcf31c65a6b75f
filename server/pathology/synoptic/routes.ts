import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { endpoint } from '../../core/http.ts';
import { findTemplate, listTemplates, saveTemplate, templateInput } from './findTemplate.ts';
import { checkSynoptic, renderSynoptic } from './renderSynoptic.ts';
import { stageOf } from './stage.ts';

const filled = z.object({
  code: z.string().max(40),
  version: z.number().int().optional(),
  values: z.record(
    z.string().max(40),
    z.union([z.string().max(2_000), z.number(), z.array(z.string().max(60)).max(60)]),
  ),
});

export function synopticRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/synoptic',
      summary: 'Synoptic forms, newest versions',
      access: 'report.read',
    },
    async () => ({ items: await listTemplates(ctx.db) }),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/synoptic',
      summary: 'Save a form as its next version',
      access: 'template.edit',
      body: templateInput,
      status: 201,
    },
    ({ actor, body }) => saveTemplate(ctx, actor, body),
  );
  endpoint(
    router,
    {
      method: 'post',
      path: '/pathology/synoptic/render',
      summary: 'Text, stage and faults of a filled form',
      access: 'report.read',
      body: filled,
    },
    async ({ body }) => {
      const template = await findTemplate(ctx.db, body.code, body.version);
      if (!template) throw notFound('synoptic form', body.code);
      return {
        text: renderSynoptic(template, body.values, 'zh'),
        textEn: renderSynoptic(template, body.values, 'en'),
        stage: stageOf(template, body.values),
        faults: checkSynoptic(template, body.values),
      };
    },
  );
}
