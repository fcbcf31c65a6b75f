import type { Request, Response } from 'express';
import type { Actor } from '../../server/core/access/actor.ts';
import { recordAudit } from '../../server/core/audit/recordAudit.ts';
import type { Context } from '../../server/core/context.ts';
import { badRequest, notFound } from '../../server/core/errors.ts';
import { findImages, type QueryLevel } from '../../server/imaging/query/findImages.ts';
import { auditDeniedStudy } from '../../server/imaging/query/resolveImages.ts';
import { tagOf, tags } from '../../server/standards/dicom/index.ts';
import { elementJson } from './elementJson.ts';

const LIMITS: Record<QueryLevel, number> = { study: 200, series: 1_000, instance: 1_000 };

/** QIDO-RS (PS3.18 §10.6): matching by keyword or tag, fuzzymatching, limit and offset, always bounded. */
export async function search(
  ctx: Context,
  actor: Actor,
  level: QueryLevel,
  req: Request,
  res: Response,
): Promise<void> {
  const { keys, fuzzy, limit, offset } = readQuery(req, level);
  const { study, series } = req.params;
  if (typeof study === 'string') keys.set(tags.studyInstanceUid, study);
  if (typeof series === 'string') keys.set(tags.seriesInstanceUid, series);
  const [found] = await Promise.all([
    findImages(ctx, actor, { level, keys, fuzzy, limit: limit + 1, offset }),
    typeof study === 'string'
      ? undefined
      : recordAudit(ctx.db, actor, {
          action: 'study.search',
          detail: { level, query: req.originalUrl.split('?')[1]?.slice(0, 500) ?? '' },
        }),
  ]);
  if (found.length === 0 && typeof study === 'string') {
    await auditDeniedStudy(ctx, actor, study);
    throw notFound('study', study);
  }
  if (found.length > limit)
    res.setHeader('Warning', '299 county-hub: "there are more results; go on with offset"');
  res.setHeader('Content-Type', 'application/dicom+json');
  res.setHeader('Cache-Control', 'no-store');
  if (found.length === 0) res.status(204).end();
  else
    res.send(Buffer.from(JSON.stringify(found.slice(0, limit).map((match) => elementJson(match.elements)))));
}

function readQuery(
  req: Request,
  level: QueryLevel,
): { keys: Map<number, string>; fuzzy: boolean; limit: number; offset: number } {
  const keys = new Map<number, string>();
  let fuzzy = false;
  let limit = LIMITS[level];
  let offset = 0;
  for (const [name, raw] of Object.entries(req.query)) {
    const value = Array.isArray(raw) ? raw.join('\\') : String(raw);
    if (name === 'limit') limit = Math.min(whole(name, value), LIMITS[level]);
    else if (name === 'offset') offset = whole(name, value);
    else if (name === 'fuzzymatching') fuzzy = value === 'true';
    else if (name === 'includefield' || name === 'orderby')
      continue; // everything indexed is always returned
    else {
      const tag = tagOf(name);
      if (tag === undefined) throw badRequest(`${name} is not an attribute that can be searched`);
      if (value.includes('\0')) throw badRequest(`the value of ${name} cannot be read`);
      keys.set(tag, value);
    }
  }
  if (keys.size > 20) throw badRequest('at most 20 matching keys');
  return { keys, fuzzy, limit: Math.max(1, limit), offset };
}

function whole(name: string, value: string): number {
  if (!/^\d{1,7}$/.test(value)) throw badRequest(`${name} is a whole number`);
  return Number(value);
}
