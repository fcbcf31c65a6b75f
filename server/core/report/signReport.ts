import { createHash, randomBytes } from 'node:crypto';
import { recordAudit } from '../audit/recordAudit.ts';
import { can, personId, requirePermission, type Actor } from '../access/actor.ts';
import type { ManifestEntry, ReportContent } from '../center.ts';
import { freezePrices } from '../charge/freezePrices.ts';
import { draftCards } from '../notifiable/draftCards.ts';
import type { Context } from '../context.ts';
import { crashPoint } from '../crashPoint.ts';
import type { Transaction } from '../database.ts';
import { conflict, forbidden } from '../errors.ts';
import { enqueue } from '../jobs/enqueue.ts';
import { act } from '../order/acts.ts';
import type { Order } from '../order/order.ts';
import { transition } from '../order/recordEvent.ts';
import type { TransitionKind } from '../order/transitions.ts';
import { computeLabels } from '../recognition/computeLabels.ts';
import { loadSigner } from '../signature/loadSigner.ts';
import type { Signer } from '../signature/signer.ts';
import { requirePhoneSigning } from './phoneSigning.ts';
import { produceDocument } from './produceDocument.ts';
import { lastSigned, twoPersonRule } from './readReport.ts';
import { canonicalJson } from './reportContent.ts';
import { acceptContent, insertVersion, loadDraft, requireVersion } from './saveReport.ts';
import { isOnPhone, signedWith, type ToldByPage } from './signedWith.ts';
import { checkReport } from './submitReport.ts';
import { requireLicence } from './requireLicence.ts';

export type SignedKind = 'final' | 'addendum' | 'correction' | 'void' | 'partial';

/**
 * Signs the report of an order: freezes the version with the manifest of its inputs, makes the signed PDF, ends the
 * reading clocks and sends the result on its way. From a phone only where the centre allows it. Under the two-person rule
 * the signer is not the writer.
 * Of two at once one wins, the other gets 409. Throws 403 `wrong-pin` / 423 `locked` from the signer.
 */
export async function signReport(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: { pin: string; version?: number | undefined } & ToldByPage,
): Promise<Order> {
  const staffId = personId(actor);
  const signer = await loadSigner(ctx, actor, input.pin);
  return act(ctx, actor, orderId, 'report.sign', async (trx, order) => {
    const twoPerson = await twoPersonRule(trx, order);
    const at = { institutionId: order.reportingInstitutionId, centerKind: order.centerKind };
    requirePermission(actor, twoPerson ? 'report.verify' : 'report.write', at);
    const onPhone = isOnPhone(actor, input.from);
    if (onPhone) await requirePhoneSigning(trx, order);
    const draft = await loadDraft(trx, order);
    if (['final', 'acknowledged', 'corrected'].includes(order.status)) {
      const signed = await lastSigned(trx, order.id);
      const by = await trx
        .selectFrom('staff')
        .select('name')
        .where('id', '=', signed?.signerId ?? staffId)
        .executeTakeFirst();
      throw conflict('already-signed', `the report was signed by ${by?.name ?? 'somebody else'}`, {
        signedBy: by?.name,
        status: order.status,
      });
    }
    if (twoPerson && order.status !== 'preliminary')
      throw conflict(
        'not-submitted',
        'the report must be submitted by its writer before another person signs it',
        { status: order.status },
      );
    if (twoPerson && draft.submittedBy === staffId)
      throw forbidden(
        'the writer of a report does not verify it: another person must sign (两人审核)',
        'two-person',
      );
    // submitted: handed to whoever verifies, though the rule does not ask for it
    const handedOver = order.status === 'preliminary' && can(actor, 'report.verify', at);
    if (!twoPerson && order.claimedBy && order.claimedBy !== staffId && !handedOver)
      throw conflict('claimed-by-other', 'the case is claimed by somebody else');
    if (input.version !== undefined) await requireVersion(trx, order, draft, input.version);
    await checkReport(ctx, trx, order, draft.content);
    const signed = await freeze(ctx, trx, actor, order, {
      kind: 'final',
      content: draft.content,
      reporterId: draft.submittedBy ?? staffId,
      version: draft.version,
      signer,
      told: input,
    });
    await trx.updateTable('report').set({ state: 'final' }).where('orderId', '=', order.id).execute();
    const now = ctx.clock.now();
    return transition(
      ctx,
      trx,
      actor,
      order,
      'final',
      {
        detail: {
          signedReportId: signed.id,
          number: signed.number,
          ...(onPhone && { from: 'phone' }),
        },
      },
      {
        finalAt: now,
        receiving: false,
        positive: draft.content.positive === true,
        claimedBy: staffId,
        claimedAt: order.claimedAt ?? now,
      },
    );
  });
}

/**
 * Adds to, corrects or voids a final report: a new signed version that names what it replaces and asks the site for a
 * fresh acknowledgement. The old version stays readable and is marked.
 */
export async function amendReport(
  ctx: Context,
  actor: Actor,
  orderId: string,
  input: {
    kind: Exclude<SignedKind, 'final' | 'partial'>;
    reason: string;
    pin: string;
    content?: ReportContent | undefined;
    text?: string | undefined;
  } & ToldByPage,
): Promise<Order> {
  const staffId = personId(actor);
  const signer = await loadSigner(ctx, actor, input.pin);
  return act(ctx, actor, orderId, `report.${input.kind}`, async (trx, order) => {
    requirePermission(actor, input.kind === 'void' ? 'report.verify' : 'report.write', {
      institutionId: order.reportingInstitutionId,
      centerKind: order.centerKind,
    });
    if (isOnPhone(actor, input.from)) await requirePhoneSigning(trx, order);
    const before = await lastSigned(trx, order.id);
    if (!before || before.state === 'void')
      throw conflict('not-final', 'only a final report can be amended', { status: order.status });
    const old = before.content as ReportContent;
    const content =
      input.kind === 'correction'
        ? acceptContent(ctx, actor, order, old, { ...old, ...input.content })
        : input.kind === 'addendum'
          ? {
              ...old,
              addenda: [...addendaOf(old), { at: ctx.clock.now(), by: actor.name, text: input.text ?? '' }],
            }
          : old;
    if (input.kind !== 'void') await checkReport(ctx, trx, order, content);
    const draft = await loadDraft(trx, order);
    const version =
      input.kind === 'void'
        ? draft.version
        : await insertVersion(ctx, trx, order, draft, staffId, content, 'final');
    const signed = await freeze(ctx, trx, actor, order, {
      kind: input.kind,
      content,
      reporterId: before.reporterId,
      version,
      signer,
      replaces: before.id,
      reason: input.reason,
      told: input,
    });
    if (input.kind !== 'addendum')
      await trx
        .updateTable('signedReport')
        .set({ state: input.kind === 'void' ? 'void' : 'corrected' })
        .where('orderId', '=', order.id)
        .where('id', '!=', signed.id)
        .execute();
    // What is corrected counts as corrected: figures and the second reading by lot go by the last mark.
    if (input.kind === 'correction')
      await trx
        .updateTable('orders')
        .set({ positive: content.positive === true })
        .where('id', '=', order.id)
        .execute();
    if (input.kind === 'void')
      await trx.updateTable('report').set({ state: 'void' }).where('orderId', '=', order.id).execute();
    await callBack(trx, order, before.id, signed.id, input.kind, actor);
    const act: TransitionKind =
      input.kind === 'void' ? 'voided' : input.kind === 'correction' ? 'corrected' : 'addendum';
    return transition(ctx, trx, actor, order, act, {
      reason: input.reason,
      detail: { signedReportId: signed.id, number: signed.number, replaces: before.id },
    });
  });
}

const addendaOf = (content: ReportContent): unknown[] =>
  Array.isArray(content.addenda) ? content.addenda : [];

/**
 * Freezes one signed version in the transaction of its act: manifest of inputs, signed PDF (bytes first, then the row),
 * delivery to the site. A centre uses it itself only for `partial`: the rest goes through signReport and amendReport.
 */
export async function freeze(
  ctx: Context,
  trx: Transaction,
  actor: Actor,
  order: Order,
  input: {
    kind: SignedKind;
    content: ReportContent;
    reporterId: string | null;
    version: number;
    signer: Signer;
    replaces?: string;
    reason?: string;
    told?: ToldByPage;
  },
): Promise<{ id: string; number: number }> {
  await requireLicence(ctx, trx, actor, order);
  const center = ctx.centers.find((candidate) => candidate.kind === order.centerKind);
  const inputs: ManifestEntry[] = (await center?.manifest?.(trx, order.id)) ?? [];
  const contentSha256 = createHash('sha256').update(canonicalJson(input.content)).digest('hex');
  const previous = await trx
    .selectFrom('signedReport')
    .select('number')
    .where('orderId', '=', order.id)
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();
  const row = {
    orderId: order.id,
    number: (previous?.number ?? 0) + 1,
    kind: input.kind,
    replacesId: input.replaces ?? null,
    reason: input.reason ?? null,
    content: input.content,
    manifest: { contentSha256, inputs },
    reporterId: input.reporterId,
    signerId: personId(actor),
    signedAt: new Date(Math.floor(ctx.clock.now().getTime() / 1000) * 1000),
    reportVersion: input.version,
    recognition: await computeLabels(ctx, trx, order),
    verifyCode: randomBytes(9).toString('base64url'),
  };
  const pdf = await produceDocument(ctx, trx, order, row, input.signer);
  crashPoint('sign.before-object');
  const stored = await ctx.objects.put(pdf); // bytes first, then rows
  crashPoint('sign.after-object');
  const signed = await trx
    .insertInto('signedReport')
    .values({
      ...row,
      content: JSON.stringify(row.content),
      manifest: JSON.stringify(row.manifest),
      recognition: JSON.stringify(row.recognition),
      pdfAddress: stored.address,
      pdfSha256: stored.address,
    })
    .returning(['id', 'number'])
    .executeTakeFirstOrThrow();
  await recordAudit(trx, actor, {
    action: 'report.signature',
    subjectType: 'order',
    subjectId: order.id,
    patientId: order.patientId,
    detail: {
      signedReportId: signed.id,
      kind: input.kind,
      number: signed.number,
      contentSha256,
      pdfSha256: stored.address,
      ...signedWith(actor, input.told ?? {}),
    },
  });
  if (input.kind === 'final') await freezePrices(trx, order, signed.id, row.signedAt);
  await draftCards(ctx, trx, order, { id: signed.id, kind: input.kind, content: input.content });
  await center?.onSigned?.(trx, ctx, actor, order, { id: signed.id, kind: input.kind });
  await enqueue(trx, { kind: 'report.deliver', payload: { signedReportId: signed.id } });
  return signed;
}

/** Whoever viewed, printed, exported or adopted the old version hears of the new one. */
async function callBack(
  trx: Transaction,
  order: Order,
  oldId: string,
  newId: string,
  kind: string,
  actor: Actor,
): Promise<void> {
  const readers = await trx
    .selectFrom('reportView')
    .select('staffId')
    .distinct()
    .where('signedReportId', '=', oldId)
    .execute();
  const rows = readers
    .filter((reader) => reader.staffId !== actor.id)
    .map((reader) => ({
      staffId: reader.staffId,
      orderId: order.id,
      kind: `report.${kind}`,
      body: JSON.stringify({ signedReportId: newId, accessionNumber: order.accessionNumber }),
    }));
  if (rows.length > 0) await trx.insertInto('notification').values(rows).execute();
}
