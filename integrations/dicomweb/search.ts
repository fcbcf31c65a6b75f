import type { Request, Response } from 'express';
import type { Actor } from '../../server/core/access/actor.ts';
import { recordRead } from '../../server/core/audit/recordRead.ts';
import type { Context } from '../../server/core/context.ts';
import { badRequest, notFound } from '../../server/core/errors.ts';
import {
  findImages,
  isMatchingKey,
  type ImageMatch,
  type QueryLevel,
} from '../../server/imaging/query/findImages.ts';
import { auditDeniedStudy } from '../../server/imaging/query/resolveImages.ts';
import { tagOf, tags } from '../../server/standards/dicom/index.ts';
import { elementJson } from './elementJson.ts';
import { modelOf, sendNativeModel } from './modelAnswer.ts';
import { acceptOf, notAcceptable } from './retrieve.ts';

/** The pool sends at the next tick: what was given to it before leaves before more is worked out. */
const nextTick = () => new Promise<void>((resolve) => process.nextTick(resolve));

const LIMITS: Record<QueryLevel, number> = { study: 200, series: 1_000, instance: 1_000 };

const RETRIEVE_URL = 0x00081190;

/** QIDO-RS (PS3.18 §10.6): matching by keyword or tag, fuzzymatching, limit and offset, always bounded. */
export async function search(
  ctx: Context,
  actor: Actor,
  level: QueryLevel,
  req: Request,
  res: Response,
): Promise<void> {
  const query = req.query;
  const model = modelOf(acceptOf(req, query));
  if (!model) throw notAcceptable('a list of matches');
  const { keys, fuzzy, limit, offset, unsupported } = readQuery(query, level);
  const { study, series } = req.params;
  if (typeof study === 'string') keys.set(tags.studyInstanceUid, study);
  if (typeof series === 'string') keys.set(tags.seriesInstanceUid, series);
  const find = async () => {
    await nextTick();
    const found = await findImages(ctx, actor, { level, keys, fuzzy, limit: limit + 1, offset });
    const base = `${ctx.config.publicUrl ?? `${req.protocol}://${req.header('host') ?? 'localhost'}`}/dicom-web`;
    return {
      more: found.length > limit,
      shown: found
        .slice(0, limit)
        .map((match) => elementJson([...match.elements, [RETRIEVE_URL, addressOf(base, match), 'UR']])),
    };
  };
  // The audit row takes longest, its commit is synced: it is sent first, and what is found is written meanwhile.
  const recorded =
    typeof study === 'string'
      ? undefined
      : recordRead(ctx, actor, {
          action: 'study.search',
          detail: { level, query: req.originalUrl.split('?')[1]?.slice(0, 500) ?? '' },
        });
  const [{ shown, more }] = await Promise.all([find(), recorded]);
  if (shown.length === 0 && typeof study === 'string' && !(await isVisible(ctx, actor, study, series))) {
    await auditDeniedStudy(ctx, actor, study);
    throw notFound('study', study);
  }
  const warnings = [
    ...(more ? ['there are more results; go on with offset'] : []),
    ...(unsupported.length > 0 ? [`not matched by: ${unsupported.join(', ')}`] : []),
  ];
  if (warnings.length > 0)
    res.setHeader(
      'Warning',
      warnings.map((text) => `299 county-hub: "${text}"`),
    );
  res.setHeader('Cache-Control', 'no-store');
  if (shown.length === 0) {
    res.status(204).end();
    return;
  }
  if (model === 'xml') return sendNativeModel(res, shown);
  const body = Buffer.from(JSON.stringify(shown));
  res.setHeader('Content-Type', 'application/dicom+json');
  res.setHeader('Content-Length', body.length);
  res.end(body); // `send` would hash it for an ETag that nobody may keep
}

function addressOf(base: string, match: ImageMatch): string {
  const { study_instance_uid: study, series_instance_uid: series, sop_instance_uid: instance } = match;
  return [
    `${base}/studies/${study}`,
    ...(series ? [`series/${series}`] : []),
    ...(instance ? [`instances/${instance}`] : []),
  ].join('/');
}

/** Whether the study, or series, of the path is there for this person, whatever the other keys say. */
async function isVisible(ctx: Context, actor: Actor, study: string, series: unknown): Promise<boolean> {
  const keys = new Map<number, string>([[tags.studyInstanceUid, study]]);
  if (typeof series === 'string') keys.set(tags.seriesInstanceUid, series);
  const level = typeof series === 'string' ? 'series' : 'study';
  return (await findImages(ctx, actor, { level, keys, limit: 1 })).length > 0;
}

function readQuery(
  query: Request['query'],
  level: QueryLevel,
): { keys: Map<number, string>; fuzzy: boolean; limit: number; offset: number; unsupported: string[] } {
  const keys = new Map<number, string>();
  const unsupported: string[] = [];
  let fuzzy = false;
  let limit = LIMITS[level];
  let offset = 0;
  for (const [name, raw] of Object.entries(query)) {
    const value = Array.isArray(raw) ? raw.join('\\') : String(raw);
    if (name === 'limit') limit = Math.min(whole(name, value), LIMITS[level]);
    else if (name === 'offset') offset = whole(name, value);
    else if (name === 'fuzzymatching') fuzzy = value === 'true';
    else if (
      ['includefield', 'orderby', 'accept', 'emptyvaluematching', 'multiplevaluematching'].includes(name)
    )
      continue; // everything indexed is always returned
    else {
      const path = name.split('.').map(tagOf);
      const [tag] = path;
      if (tag === undefined || path.includes(undefined))
        throw badRequest(`${name} is not an attribute that can be searched`);
      if (value.includes('\0')) throw badRequest(`the value of ${name} cannot be read`);
      if (path.length === 1 && isMatchingKey(level, tag)) keys.set(tag, value);
      else unsupported.push(name);
    }
  }
  if (keys.size > 20) throw badRequest('at most 20 matching keys');
  return { keys, fuzzy, limit, offset, unsupported };
}

function whole(name: string, value: string): number {
  if (!/^\d{1,7}$/.test(value)) throw badRequest(`${name} is a whole number`);
  return Number(value);
}
