import { z } from 'zod';
import type { Context } from '../context.ts';
import { badRequest } from '../errors.ts';
import { pageQuery } from '../http.ts';
import { PRIORITIES } from './requestInput.ts';
import { TRANSITIONS } from './transitions.ts';
import type { WorklistQuery } from './worklist.ts';

const STATUSES = [
  ...new Set(['requested' as const, ...Object.values(TRANSITIONS).map((rule) => rule.to)]),
] as [string, ...string[]];
const list = <T extends z.ZodType>(member: T) =>
  z
    .preprocess(
      (value) => (typeof value === 'string' ? value.split(',').filter(Boolean) : value),
      z.array(member).max(20),
    )
    .optional();
/** What lists of orders can be narrowed and sorted by. */
export const worklistQuery = pageQuery.extend({
  status: list(z.enum(STATUSES)),
  priority: list(z.enum(PRIORITIES)),
  institution: z.string().max(40).optional(),
  modality: z.string().max(16).optional(),
  q: z.string().max(100).optional(),
  mine: z.stringbool().optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  sort: z.enum(['due', 'newest']).optional(),
});

/** The query as the worklist takes it: a site by id or code, an identity number by its keyed hash. */
export async function toWorklistQuery(
  ctx: Context,
  actorId: string | null,
  query: z.output<typeof worklistQuery>,
): Promise<WorklistQuery> {
  const institution = query.institution
    ? await ctx.db
        .selectFrom('institution')
        .select('id')
        .where((eb) =>
          /^[0-9a-f-]{36}$/.test(query.institution ?? '')
            ? eb('id', '=', query.institution ?? '')
            : eb('code', '=', query.institution ?? ''),
        )
        .executeTakeFirst()
    : undefined;
  if (query.institution && !institution)
    throw badRequest(`institution ${query.institution} is not known`, 'unknown-institution');
  const number = query.q?.trim().toUpperCase();
  return {
    status: query.status as WorklistQuery['status'],
    priority: query.priority,
    institutionId: institution?.id,
    modality: query.modality,
    q: query.q || undefined,
    idHash: number && /^\d{17}[\dX]$/.test(number) ? ctx.keys.lookup(`id-card:${number}`) : undefined,
    mine: query.mine ? (actorId ?? undefined) : undefined,
    from: query.from ? new Date(query.from) : undefined,
    to: query.to ? new Date(query.to) : undefined,
    ...(query.sort && { sort: query.sort }),
    cursor: query.cursor,
    limit: query.limit,
  };
}
