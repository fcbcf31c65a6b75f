import { createHash } from 'node:crypto';
import { personId, requirePermission, type Actor } from '../access/actor.ts';
import { recordAudit } from '../audit/recordAudit.ts';
import type { Context } from '../context.ts';
import { isUniqueViolation } from '../database.ts';
import { conflict, notFound } from '../errors.ts';
import { freezePeriod } from '../quality/freezePeriod.ts';
import { canonicalJson } from '../report/reportContent.ts';
import { loadSigner } from '../signature/loadSigner.ts';
import { signPdf } from '../signature/signPdf.ts';
import { bulletinTitle, renderBulletin, renderSheet } from './bulletinDocument.ts';
import { composeBulletin, periodBefore, type BulletinData } from './composeBulletin.ts';

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex');

const ISSUER_SUFFIX = '医共体质量控制中心';

async function issuerOf(ctx: Pick<Context, 'db'>): Promise<string> {
  // The lead hospital is the one that runs most of the county's centres.
  const lead = await ctx.db
    .selectFrom('institution')
    .innerJoin('center', 'center.institutionId', 'institution.id')
    .select('institution.name')
    .where('center.active', '=', true)
    .groupBy(['institution.id', 'institution.name'])
    .orderBy((eb) => eb.fn.countAll(), 'desc')
    .orderBy('institution.id')
    .limit(1)
    .executeTakeFirst();
  return `${lead?.name ?? ''} ${ISSUER_SUFFIX}`.trim();
}

async function freezeOnce(ctx: Context, actor: Actor, period: string): Promise<void> {
  const frozen = await ctx.db
    .selectFrom('indicatorFreeze')
    .select('id')
    .where('period', '=', period)
    .limit(1)
    .executeTakeFirst();
  if (!frozen) await freezePeriod(ctx, actor, period);
}

/**
 * Makes the bulletin of an ended period: freezes its figures and those of the period before where that was not done, stores the data, the sheet and the
 * hash of the pages. Throws 422 for a period that has not ended, 409 `exists` when there is one.
 */
export async function makeBulletin(
  ctx: Context,
  actor: Actor,
  input: { period: string; note?: string | undefined },
) {
  requirePermission(actor, 'quality.review');
  for (const period of [input.period, periodBefore(input.period)]) await freezeOnce(ctx, actor, period);
  await refuseSecond(ctx, input.period);
  const data = await composeBulletin(ctx.db, ctx.centers, input.period);
  const madeAt = new Date(Math.floor(ctx.clock.now().getTime() / 1000) * 1000);
  const note = input.note?.trim() || null;
  const pages = await renderBulletin(data, { issuer: await issuerOf(ctx), madeAt, note });
  const sheet = await renderSheet(data);
  const stored = await ctx.objects.put(sheet);
  const made = ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('bulletin')
      .values({
        period: input.period,
        data: JSON.stringify(data),
        dataSha256: sha256(canonicalJson(data)),
        pageSha256: sha256(pages),
        sheetAddress: stored.address,
        sheetSha256: sha256(sheet),
        note,
        madeBy: personId(actor),
        madeAt,
      })
      .returning(['id', 'period'])
      .executeTakeFirstOrThrow();
    await recordAudit(trx, actor, {
      action: 'bulletin.make',
      subjectType: 'bulletin',
      subjectId: row.id,
      detail: { period: input.period },
    });
    return { ...row, title: bulletinTitle(data) };
  });
  return made.catch(async (error: unknown) => {
    if (isUniqueViolation(error)) await refuseSecond(ctx, input.period); // made by somebody else meanwhile
    throw error;
  });
}

async function refuseSecond(ctx: Pick<Context, 'db'>, period: string): Promise<void> {
  const known = await ctx.db
    .selectFrom('bulletin')
    .select('id')
    .where('period', '=', period)
    .executeTakeFirst();
  if (known) throw conflict('exists', `the bulletin of ${period} stands already`, { id: known.id });
}

export async function loadBulletin(ctx: Context, id: string) {
  const row = await ctx.db.selectFrom('bulletin').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound('bulletin', id);
  return { ...row, data: row.data as unknown as BulletinData };
}

/** The unsigned pages again, from the stored data alone. */
export async function bulletinPages(ctx: Context, id: string): Promise<Buffer> {
  const row = await loadBulletin(ctx, id);
  return renderBulletin(row.data, { issuer: await issuerOf(ctx), madeAt: row.madeAt, note: row.note });
}

/** Signs the bulletin with the PIN and archives it; a signed one is never changed. */
export async function signBulletin(ctx: Context, actor: Actor, id: string, pin: string): Promise<void> {
  requirePermission(actor, 'quality.review');
  const staffId = personId(actor);
  const signer = await loadSigner(ctx, actor, pin);
  const row = await loadBulletin(ctx, id);
  if (row.signedAt) throw conflict('signed', 'the bulletin is signed already');
  const signedAt = new Date(Math.floor(ctx.clock.now().getTime() / 1000) * 1000);
  const signed = await signPdf(await bulletinPages(ctx, id), signer, {
    signedAt,
    reason: bulletinTitle(row.data),
    location: await issuerOf(ctx),
  });
  const { address } = await ctx.objects.put(signed);
  await ctx.db.transaction().execute(async (trx) => {
    const changed = await trx
      .updateTable('bulletin')
      .set({ pdfAddress: address, signedBy: staffId, signedAt })
      .where('id', '=', id)
      .where('signedAt', 'is', null)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw conflict('signed', 'the bulletin is signed already');
    await recordAudit(trx, actor, {
      action: 'bulletin.sign',
      subjectType: 'bulletin',
      subjectId: id,
      detail: { period: row.period, address },
    });
  });
}
