import type { Router } from 'express';
import { z } from 'zod';
import type { Context } from '../../core/context.ts';
import { endpoint, pageQuery } from '../../core/http.ts';
import { caseLists, listCases } from './lists.ts';
import { archiveQuery, searchArchive } from './searchArchive.ts';

/** What waits for whom, and the archive. */
export function listRoutes(ctx: Context, router: Router): void {
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/lists/:list',
      summary: 'What waits for whom in the laboratory',
      access: 'order.read',
      params: z.object({ list: z.enum(caseLists) }),
      query: pageQuery,
    },
    ({ actor, params, query }) => listCases(ctx.db, actor, params.list, query),
  );
  endpoint(
    router,
    {
      method: 'get',
      path: '/pathology/archive',
      summary: 'Archive by diagnosis, site, code, free text',
      access: 'order.read',
      query: archiveQuery,
    },
    ({ actor, query }) => searchArchive(ctx.db, actor, query),
  );
}
