import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict, notFound } from '../../core/errors.ts';
import { renderPrintDocument } from '../../core/print/renderPrintDocument.ts';
import { loadSigner } from '../../core/signature/loadSigner.ts';
import { signPdf } from '../../core/signature/signPdf.ts';
import { centerOf } from '../access.ts';
import { chinaTime } from '../release/words.ts';
import { describeRecall } from './describeRecall.ts';

export const closeRecallInput = z.object({
  recallId: z.uuid(),
  conclusion: z.string().trim().min(5).max(4000),
  pin: z.string().min(4).max(32),
});

const OUTCOME: Record<string, string> = {
  pending: '未处理',
  found: '已找到',
  used: '已使用',
  destroyed: '已销毁',
  reprocessed: '已重新处理',
  lost: '遗失',
};

/** Ends a recall with its written report, signed: cause, packs with their fate, patients, notices with their times. */
export async function closeRecall(ctx: Context, actor: Actor, input: z.output<typeof closeRecallInput>) {
  const centerId = await centerOf(ctx.db, actor, 'authorise');
  const signer = await loadSigner(ctx, actor, input.pin);
  const answer = await ctx.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('cssdRecall')
      .selectAll()
      .where('id', '=', input.recallId)
      .where('centerId', '=', centerId)
      .forUpdate()
      .executeTakeFirst();
    if (!row) throw notFound('recall', input.recallId);
    if (row.closedAt) throw conflict('already-closed', `recall ${row.number} is closed`);
    const recall = await describeRecall(trx, row.id);
    const open = recall.items.filter((item) => item.outcome === 'pending' || item.outcome === 'found');
    if (open.length > 0)
      throw conflict('recall-open', `${open.length} packs of this recall are not accounted for`, {
        open: open.map((item) => item.code),
      });
    const signedAt = new Date(Math.floor(ctx.clock.now().getTime() / 1000) * 1000);
    const pdf = await renderPrintDocument({
      title: '灭菌物品召回报告',
      issuer: `${recall.centerName} 消毒供应中心`,
      accessionNumber: recall.number,
      numberLabel: '召回单号',
      strip: [
        { label: '灭菌器', value: `${recall.machineCode} ${recall.machineName}`, strong: true },
        {
          label: '原因',
          value:
            { biological: '生物监测不合格', 'bowie-dick': 'B-D 试验不合格', other: '其他' }[recall.reason] ??
            recall.reason,
          strong: true,
        },
        { label: '召回时间', value: chinaTime(recall.raisedAt) },
        { label: '上次合格', value: recall.since ? chinaTime(recall.since) : '无记录' },
        { label: '召回包数', value: String(recall.items.length) },
        { label: '已用包', value: String(recall.patients.length) },
      ],
      sections: [
        ...(recall.decision ? [{ type: 'text' as const, label: '召回决定', text: recall.decision }] : []),
        { type: 'heading', text: '涉及机构' },
        {
          type: 'table',
          columns: [
            { title: '机构', width: 3 },
            { title: '未用包', width: 1 },
            { title: '已用包', width: 1 },
            { title: '通知', width: 2 },
            { title: '确认', width: 3 },
          ],
          rows: recall.notices.map((notice) => ({
            cells: [
              notice.institutionName,
              String(notice.packs),
              String(notice.usedPacks),
              chinaTime(notice.notifiedAt),
              notice.acknowledgedAt
                ? `${chinaTime(notice.acknowledgedAt)} ${notice.acknowledgedByName ?? ''}`
                : '未确认',
            ],
          })),
        },
        { type: 'heading', text: '召回包及处置' },
        {
          type: 'table',
          columns: [
            { title: '包编码', width: 3 },
            { title: '名称', width: 3 },
            { title: '锅次号', width: 3 },
            { title: '所在', width: 2 },
            { title: '处置', width: 2 },
          ],
          rows: recall.items.map((item) => ({
            cells: [
              item.code,
              item.setName,
              item.loadNumber,
              `${item.institutionName} ${item.shelf}`.trim(),
              OUTCOME[item.outcome] ?? item.outcome,
            ],
          })),
        },
        { type: 'heading', text: '追踪患者' },
        {
          type: 'table',
          columns: [
            { title: '姓名', width: 2 },
            { title: '就诊号', width: 2 },
            { title: '使用时间', width: 2 },
            { title: '机构', width: 2 },
            { title: '包编码', width: 3 },
          ],
          rows: recall.patients.map((one) => ({
            cells: [
              one.patientName ?? '未登记',
              one.visit,
              chinaTime(one.usedAt),
              one.institutionName,
              one.code,
            ],
          })),
        },
        { type: 'text', label: '调查结论与整改', text: input.conclusion },
      ],
      signers: [{ role: '报告人', name: actor.name, at: chinaTime(signedAt) }],
      createdAt: signedAt,
      attachments: [
        {
          name: 'recall.json',
          type: 'application/json',
          bytes: Buffer.from(JSON.stringify({ ...recall, conclusion: input.conclusion })),
        },
      ],
    });
    const stored = await ctx.objects.put(
      await signPdf(pdf, signer, { signedAt, reason: '召回报告', location: recall.centerName }),
    );
    await trx
      .updateTable('cssdRecall')
      .set({
        closedAt: signedAt,
        closedBy: personId(actor),
        conclusion: input.conclusion,
        documentSha256: stored.address,
      })
      .where('id', '=', row.id)
      .execute();
    await recordAudit(trx, actor, {
      action: 'sterilization.recall-close',
      subjectType: 'cssd-recall',
      subjectId: row.id,
      detail: { document: stored.address },
    });
    return { recallId: row.id, number: row.number, documentSha256: stored.address };
  });
  ctx.bell.ring();
  return answer;
}
