import type { Response } from 'express';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { sendStream } from '../sendStream.ts';

/** Sends the bytes of a kept object as they came, for a person to look at with other tools. Audited. */
export async function sendUnmatchedObject(
  ctx: Context,
  actor: Actor,
  id: string,
  res: Response,
): Promise<void> {
  const row = await ctx.db
    .selectFrom('unmatchedInput')
    .select(['objectAddress', 'centerKind', 'subjectId'])
    .where('id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('unmatched input', id);
  requirePermission(actor, 'unmatched.decide', { centerKind: row.centerKind });
  if (!row.objectAddress) throw notFound('kept object', id);
  await recordAudit(ctx.db, actor, {
    action: 'unmatched.download',
    subjectType: 'instance',
    subjectId: row.subjectId ?? id,
  });
  res.setHeader('Content-Type', 'application/octet-stream');
  res.setHeader('Content-Disposition', `attachment; filename="${id}.bin"`);
  res.setHeader('Content-Length', String(await ctx.objects.size(row.objectAddress)));
  await sendStream(await ctx.objects.stream(row.objectAddress), res);
}
