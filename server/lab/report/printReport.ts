import type { ReportContent } from '../../core/center.ts';
import type { Context } from '../../core/context.ts';
import type { Order } from '../../core/order/order.ts';
import type { PrintCell, PrintRow, PrintSection } from '../../core/print/sections.ts';
import { computeLabels } from '../../core/recognition/computeLabels.ts';
import { arrowOf, type LabContent, type ResultLine } from './buildContent.ts';
import { printedUnit } from '../rules/units.ts';

const time = (iso: string | null): string => {
  if (!iso) return '—';
  return new Date(new Date(iso).getTime() + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
};

/** The laboratory's part of the report: tubes with their times, results with arrows, previous value and method. */
export async function printReport(
  ctx: Context,
  order: Order,
  content: ReportContent,
): Promise<PrintSection[]> {
  const lab = content as Partial<LabContent>;
  const results = Array.isArray(lab.results) ? lab.results : [];
  const sections: PrintSection[] = [];
  for (const tube of lab.specimens ?? [])
    sections.push({
      type: 'fields',
      columns: 4,
      fields: [
        { label: '标本', value: `${tube.type} ${tube.barcode}` },
        { label: '采集', value: `${time(tube.collectedAt)} ${tube.collectedBy ?? ''}` },
        { label: '接收', value: time(tube.receivedAt) },
        { label: '管型', value: tube.tube },
      ],
    });
  if (results.length === 0) {
    if (lab.findings) sections.push({ type: 'text', label: '检验结果', text: lab.findings });
    if (lab.impression) sections.push({ type: 'text', label: '结论', text: lab.impression });
    return sections;
  }
  const labels = await computeLabels(ctx, ctx.db, order).catch(() => undefined);
  const recognised = new Set(labels?.items.filter((item) => item.range !== null).map((item) => item.code));
  const starred = results.some((line) => line.panelCode !== undefined && recognised.has(line.panelCode));
  const panels = new Set(results.map((line) => line.panel));
  const rows: PrintRow[] = [];
  for (const panel of panels) {
    const lines = results.filter((line) => line.panel === panel);
    if (panels.size > 1) rows.push({ group: true, cells: [panel] });
    for (const line of lines)
      rows.push({ cells: toCells(line, line.panelCode !== undefined && recognised.has(line.panelCode)) });
  }
  sections.push({
    type: 'table',
    columns: [
      { title: '项目', width: 3.6 },
      { title: '结果', width: 1.9, align: 'right' },
      { title: '单位', width: 1.3 },
      { title: '参考区间', width: 2 },
      { title: '前次结果', width: 1.9, align: 'right' },
      { title: '方法', width: 1.8 },
    ],
    rows,
    note: `↑ 高于、↓ 低于参考区间,↑↑ ↓↓ 达危急界限,* 异常${starred ? ';★ 检查检验结果互认项目' : ''}`,
  });
  for (const line of results)
    if (line.organisms && line.organisms.length > 0) sections.push(...printCulture(line));
  const corrected = results.filter((line) => line.corrected);
  if (corrected.length > 0)
    sections.push({
      type: 'text',
      label: '更正说明',
      text: corrected
        .map(
          (line) =>
            `${line.name}:原结果 ${line.corrected?.from},更正为 ${line.value}。原因:${line.corrected?.reason}`,
        )
        .join('\n'),
    });
  const grown = results.filter((line) => line.earlier !== undefined);
  if (grown.length > 0)
    sections.push({
      type: 'text',
      label: '此前初步结果',
      small: true,
      text: grown.map((line) => `${line.name}:${line.earlier}`).join('\n'),
    });
  const notes = results.filter((line) => line.note);
  if (notes.length > 0)
    sections.push({
      type: 'text',
      label: '备注',
      small: true,
      text: notes.map((line) => `${line.name}:${line.note}`).join('\n'),
    });
  if (Array.isArray(lab.pending) && lab.pending.length > 0)
    sections.push({ type: 'text', label: '尚未出结果', text: lab.pending.join('、') });
  if (Array.isArray(lab.rules) && lab.rules.length > 0)
    sections.push({ type: 'text', small: true, text: `按规则自动审核:${lab.rules.join('、')}` });
  return sections;
}

function toCells(line: ResultLine, starred: boolean): (string | PrintCell)[] {
  const abnormal = line.flag !== null && line.flag !== 'N';
  return [
    `${starred ? '★ ' : ''}${line.name}`,
    {
      text: `${line.value}${arrowOf(line.flag)}${line.preliminary ? '(初步)' : ''}`,
      strong: abnormal,
      ...(abnormal && { color: line.critical ? ('red' as const) : ('amber' as const) }),
    },
    printedUnit(line.unit),
    line.range ?? '',
    line.previous
      ? `${line.previous}${line.previousAt ? ` (${time(line.previousAt).slice(5, 10)})` : ''}`
      : '',
    line.method ?? '',
  ];
}

function printCulture(line: ResultLine): PrintSection[] {
  return (line.organisms ?? []).flatMap((organism): PrintSection[] => [
    {
      type: 'text',
      label: `${line.preliminary ? '初步结果 ' : ''}培养出:${organism.name}`,
      text: [organism.quantity, organism.contaminant ? '考虑为污染菌' : ''].filter(Boolean).join(' '),
    },
    {
      type: 'table',
      columns: [
        { title: '抗菌药物', width: 3 },
        { title: 'MIC', width: 1.5, align: 'right' },
        { title: '敏感性', width: 1.5, align: 'center' },
      ],
      rows: organism.susceptibilities.map((one) => ({
        cells: [
          one.drug,
          one.mic ?? '',
          { S: '敏感 S', I: '中介 I', R: '耐药 R' }[one.category] ?? one.category,
        ],
      })),
    },
  ]);
}
