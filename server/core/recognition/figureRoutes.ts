import type { Router } from 'express';
import { z } from 'zod';
import { requirePermission } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { endpoint } from '../http.ts';
import { ORIGINS, readPastPrompts, readPrompts, readRecognition, RECOGNITION_GROUPS } from './figures.ts';
import { REPEAT_REASONS } from './ranges.ts';

/** Figures of recognition and the prompts behind each. */
export function figureRoutes(ctx: Context, router: Router): void {
  const days = z.object({ from: z.iso.date(), to: z.iso.date() });
  const origin = z.enum(ORIGINS).optional();
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/figures',
      summary: 'Prompts, adoptions and savings by site, clinician, item, month or recognised site',
      access: ['figures.read', 'quality.read'],
      query: days.extend({ by: z.enum(RECOGNITION_GROUPS).default('site'), origin }),
    },
    async ({ actor, query }) => {
      // Names of doctors are for quality staff, not for the bureau's figures.
      if (query.by === 'clinician') requirePermission(actor, 'quality.read');
      return {
        ...(await readRecognition(ctx.db, { ...query, group: query.by })),
        formula: 'rate = adopted / prompts',
        nextCursor: null,
      };
    },
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/past-prompts',
      summary: 'Who orders past prompts',
      access: 'quality.read',
      query: days,
    },
    async ({ query }) => ({
      items: await readPastPrompts(ctx.db, query.from, query.to),
      nextCursor: null,
    }),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/recognition/prompts',
      summary: 'The prompts behind a figure',
      access: 'quality.read',
      query: days.extend({
        by: z.enum(RECOGNITION_GROUPS).default('site'),
        origin,
        name: z.string().max(200).optional(),
        decision: z.enum(['adopt', 'repeat', 'none']).optional(),
        reason: z.enum(REPEAT_REASONS).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
    },
    async ({ actor, query }) => {
      await recordAudit(ctx.db, actor, { action: 'recognition.prompts', detail: query });
      return { items: await readPrompts(ctx.db, { ...query, group: query.by }), nextCursor: null };
    },
  );
}
