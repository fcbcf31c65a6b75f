import { sql } from 'kysely';
import type { Request, Response } from 'express';
import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { auditDeniedStudy, auditRead } from '../query/resolveImages.ts';
import { visibleStudies } from '../query/visibleStudies.ts';
import { sendStream } from '../sendStream.ts';

/**
 * Sends what was derived from a series: `preview` (see `writePreview`: index and the low-resolution prefixes of all
 * frames, one answer, byte ranges allowed) or `thumbnail` (JPEG). While there is none 404, of a preview 204: a
 * series without one is nothing that failed.
 */
export async function sendDerived(
  ctx: Context,
  actor: Actor,
  seriesInstanceUid: string,
  what: 'preview' | 'thumbnail',
  req: Request,
  res: Response,
): Promise<void> {
  const { rows } = await sql<{ studyInstanceUid: string; address: string | null; visible: boolean }>`
    select st.study_instance_uid, ${what === 'preview' ? sql`d.preview_address` : sql`d.thumbnail_address`} as address, ${visibleStudies(actor, 'st')} as visible
    from series se join study st on st.id = se.study_id left join series_derived d on d.series_id = se.id where se.series_instance_uid = ${seriesInstanceUid}`.execute(
    ctx.db,
  );
  const [row] = rows;
  if (row && !row.visible) await auditDeniedStudy(ctx, actor, row.studyInstanceUid);
  if (row?.visible && !row.address && what === 'preview') return void res.status(204).end();
  if (!row?.visible || !row.address) throw notFound(what, seriesInstanceUid);
  await auditRead(ctx, actor, row.studyInstanceUid, 'study.read');
  res.setHeader('ETag', `"${row.address}"`);
  res.setHeader('Cache-Control', 'private, no-cache'); // a late image makes another one
  res.setHeader('Content-Type', what === 'preview' ? 'application/octet-stream' : 'image/jpeg');
  res.setHeader('Accept-Ranges', 'bytes');
  if (req.header('if-none-match')?.includes(row.address)) return void res.status(304).end();
  const size = await ctx.objects.size(row.address);
  const asked = /^bytes=(\d+)-(\d*)$/.exec(req.header('range') ?? '');
  const start = asked ? Number(asked[1]) : 0;
  const end = asked?.[2] ? Math.min(Number(asked[2]), size - 1) : size - 1;
  if (start > end) return void res.status(416).setHeader('Content-Range', `bytes */${size}`).end();
  if (asked) res.status(206).setHeader('Content-Range', `bytes ${start}-${end}/${size}`);
  res.setHeader('Content-Length', String(end - start + 1));
  await sendStream(await ctx.objects.stream(row.address, { start, end }), res);
}
