import type { PrintField, PrintSection } from '../print/sections.ts';
import type { PrintState } from '../print/document.ts';
import { renderReportPdf } from '../print/renderReportPdf.ts';
import type { ReportContent } from '../center.ts';
import { baseUrl } from '../config.ts';
import type { Context } from '../context.ts';
import { localDateTime } from '../localTime.ts';
import type { Transaction } from '../database.ts';
import type { Order } from '../order/order.ts';
import { signPdf } from '../signature/signPdf.ts';
import type { Signer } from '../signature/signer.ts';
import { measuringSite, type RecognitionLabel } from '../recognition/computeLabels.ts';
import { examinedText, loadDocumentFacts, type DocumentFacts } from './documentFacts.ts';

export interface SignedRow {
  number: number;
  kind: string;
  reason: string | null;
  replacesId: string | null;
  content: ReportContent;
  manifest: Record<string, unknown>;
  reporterId: string | null;
  signerId: string;
  signedAt: Date;
  recognition: RecognitionLabel;
  verifyCode: string;
}

const STATE: Record<string, PrintState[]> = {
  final: [],
  addendum: ['addendum'],
  correction: ['correction'],
  void: ['void'],
  partial: ['partial'],
};
/** Who signs is called otherwise where no physician reports (WS/T 500.7). */
const WRITER: Record<string, string> = { lab: '检验者' };
const VERIFIER: Record<string, string> = { lab: '审核者' };

const TITLE: Record<string, string> = {
  imaging: '医学影像诊断报告单',
  ecg: '心电图诊断报告单',
  lab: '检验报告单',
  pathology: '病理诊断报告单',
  sterilization: '灭菌放行记录',
};
const CENTER: Record<string, string> = {
  imaging: '影像诊断中心',
  ecg: '心电诊断中心',
  lab: '医学检验中心',
  pathology: '病理诊断中心',
  sterilization: '消毒供应中心',
};

/** The signed PDF of one version: readable pages, report.json inside, PAdES signature over all of it. */
export async function produceDocument(
  ctx: Context,
  trx: Transaction,
  order: Order,
  row: SignedRow,
  signer: Signer,
): Promise<Buffer> {
  const facts = await loadDocumentFacts(trx, order, row);
  const center = ctx.centers.find((candidate) => candidate.kind === order.centerKind);
  const sections = center?.printReport
    ? await center.printReport(ctx, order, row.content)
    : printText(row.content);
  const base = baseUrl(ctx.config);
  // Whose result it is: of specimens the laboratory that measured them, not the site that drew them.
  const performer =
    measuringSite(order) === order.performingInstitutionId ? facts.performingName : facts.reportingName;
  const pdf = await renderReportPdf({
    title: TITLE[order.centerKind] ?? '报告单',
    issuer: `${facts.reportingName} ${CENTER[order.centerKind] ?? ''}`,
    performer,
    patientName: order.patientName ?? '',
    accessionNumber: order.accessionNumber,
    strip: strip(order, facts),
    recognitionMark: row.recognition.mark ?? null,
    states: STATE[row.kind] ?? [],
    notices: notices(order, facts, row),
    sections:
      row.kind === 'void'
        ? [{ type: 'text', text: '本报告已作废。', strong: true }, ...sections]
        : [...sections, ...printAddenda(row.content)],
    signers: [
      ...(facts.reporter && row.reporterId !== row.signerId
        ? [{ role: WRITER[order.centerKind] ?? '报告医师', name: facts.reporter }]
        : []),
      {
        role:
          row.reporterId === row.signerId
            ? (WRITER[order.centerKind] ?? '报告医师')
            : (VERIFIER[order.centerKind] ?? '审核医师'),
        name: facts.signer,
        at: localDateTime(row.signedAt),
      },
    ],
    verification: { url: `${base}/verify/${row.verifyCode}`, code: row.verifyCode },
    footnote: '本报告仅对所检者(样本)负责,供临床医师参考。电子签名为经身份认证的签署者所加的完整性封签。',
    createdAt: row.signedAt,
    report: {
      orderId: order.id,
      accessionNumber: order.accessionNumber,
      center: order.centerKind,
      ...row,
      issuer: facts.reportingName,
      performer,
      signer: facts.signer,
      reporter: facts.reporter,
    },
  });
  return signPdf(pdf, signer, {
    signedAt: row.signedAt,
    reason: row.kind === 'final' ? '报告签发' : `报告${row.kind}`,
    location: facts.reportingName,
  });
}

function strip(order: Order, facts: DocumentFacts): PrintField[] {
  const sex = { M: '男', F: '女', O: '其他', U: '未知' }[facts.sex ?? 'U'];
  return [
    { label: '姓名', value: order.patientName ?? '', strong: true },
    { label: '性别', value: sex ?? '' },
    { label: '年龄', value: facts.age ?? '' },
    { label: '检查号', value: order.accessionNumber },
    { label: '申请机构', value: facts.requestingName },
    { label: '申请医师', value: facts.requestedBy ?? '' },
    { label: '证件', value: facts.identifier ?? '' },
    { label: '申请单号', value: order.placerOrderNumber ?? '' },
    { label: order.centerKind === 'lab' ? '检验项目' : '检查项目', value: order.itemName, span: 2 },
    { label: '检查时间', value: examinedText(facts) },
    { label: '接收时间', value: order.receivedAt ? localDateTime(order.receivedAt) : '' },
  ];
}

function notices(order: Order, facts: DocumentFacts, row: SignedRow): string[] {
  const notes: string[] = [];
  if (order.provisional || facts.identity !== 'verified')
    notes.push('身份待核实:本检查为补录或患者身份未经核实,使用前请核对。');
  if (row.replacesId && facts.replacesNumber)
    notes.push(`本版本(第 ${row.number} 版)取代第 ${facts.replacesNumber} 版。原因:${row.reason ?? ''}`);
  return notes;
}

function printText(content: ReportContent): PrintSection[] {
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return [
    { type: 'text', label: '检查所见', text: text(content.findings) },
    { type: 'text', label: '诊断意见', text: text(content.impression), strong: true },
  ];
}

function printAddenda(content: ReportContent): PrintSection[] {
  const addenda = Array.isArray(content.addenda)
    ? (content.addenda as { at?: unknown; by?: string; text?: string }[])
    : [];
  return addenda.map((addendum) => ({
    type: 'text' as const,
    label: `补充报告 ${addendum.at ? localDateTime(new Date(String(addendum.at))) : ''} ${addendum.by ?? ''}`,
    text: addendum.text ?? '',
  }));
}
