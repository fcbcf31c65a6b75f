import { recordAudit } from '../../../server/core/audit/recordAudit.ts';
import type { Actor } from '../../../server/core/access/actor.ts';
import { requirePermission } from '../../../server/core/access/actor.ts';
import type { Context } from '../../../server/core/context.ts';
import { notFound } from '../../../server/core/errors.ts';
import { MllpClient } from './client.ts';
import { destinationOf } from './destination.ts';

/**
 * Connects to the receiver of an institution, with TLS and certificate check as results would, and closes. Nothing is
 * sent, so nothing can be taken for a result.
 * @returns milliseconds to the open line, or the reason why there is none
 */
export async function tryEndpoint(
  ctx: Pick<Context, 'db' | 'config'>,
  actor: Actor,
  institution: string,
): Promise<{ reached: boolean; durationMs: number; reason: string | null }> {
  requirePermission(actor, 'admin.device');
  const row = await ctx.db
    .selectFrom('hl7Endpoint as e')
    .innerJoin('institution as i', 'i.id', 'e.institutionId')
    .selectAll('e')
    .where('i.code', '=', institution)
    .executeTakeFirst();
  if (!row) throw notFound('HL7 endpoint', institution);
  const client = new MllpClient(destinationOf(ctx, row));
  const started = performance.now();
  const reason = await client.reach().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  client.close();
  await recordAudit(ctx.db, actor, {
    action: 'hl7.endpoint.try',
    subjectType: 'institution',
    subjectId: row.institutionId,
    detail: { reason },
  });
  return { reached: reason === null, durationMs: Math.round(performance.now() - started), reason };
}
