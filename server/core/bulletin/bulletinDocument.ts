import { strToU8, unzipSync, zipSync } from 'fflate';
import writeXlsx from 'write-excel-file/node';
import { drawLine } from '../print/drawLine.ts';
import type { PrintDocument } from '../print/document.ts';
import { renderPrintDocument } from '../print/renderPrintDocument.ts';
import type { PrintSection } from '../print/sections.ts';
import { canonicalJson } from '../report/reportContent.ts';
import type { BulletinData } from './composeBulletin.ts';

const CENTER: Record<string, string> = { imaging: '影像', ecg: '心电', lab: '检验', pathology: '病理', sterilization: '消毒供应' }; // prettier-ignore
const MARK = { N: '国家', L: '地方', P: '建议' } as const;
const REASON: Record<string, string> = {
  'condition-changed': '病情变化、与结果不符',
  'fast-changing': '结果在病程中变化快',
  'before-major-act': '手术、输血等重大措施前',
  emergency: '急诊、急救',
  assessment: '司法、伤残、病退鉴定',
  other: '其他',
};
const STATE: Record<string, string> = { open: '待反馈', feedback: '待核查', verified: '待销号', closed: '已销号', reopened: '重新督办' }; // prettier-ignore
const percent = (share: number | null) => (share === null ? '—' : `${(share * 100).toFixed(1)}%`);
const shareOf = (n: number, d: number) => (d > 0 ? n / d : null);

export function bulletinTitle(data: BulletinData): string {
  const year = data.period.slice(0, 4);
  if (data.kind === 'half-year')
    return `${year} 年${data.period.endsWith('1') ? '上' : '下'}半年医疗质量监测评价`;
  if (data.kind === 'quarter') return `${year} 年第 ${data.period.slice(-1)} 季度医疗质量通报`;
  return `${year} 年 ${Number(data.period.slice(5))} 月医疗质量月通报`;
}

/**
 * The pages of a bulletin. The same data, issuer and instant give the same bytes: no clock and no database is asked.
 */
export function renderBulletin(
  data: BulletinData,
  input: { issuer: string; madeAt: Date; note: string | null },
): Promise<Buffer> {
  const judged = data.figures.filter((figure) => figure.reached !== null);
  const document: PrintDocument = {
    title: bulletinTitle(data),
    issuer: input.issuer,
    strip: [
      { label: '期间', value: `${data.first} 至 ${data.last}`, span: 2 },
      {
        label: '达标指标',
        value: `${judged.filter((figure) => figure.reached).length} / ${judged.length}`,
        strong: true,
      },
      { label: '互认率', value: percent(shareOf(data.recognition.adopted, data.recognition.prompts)) },
    ],
    sections: [
      ...(input.note ? [{ type: 'text' as const, label: '综述', text: input.note }] : []),
      ...volumeSections(data),
      { type: 'heading', text: '二、质量指标' },
      {
        type: 'table',
        columns: [
          { title: '指标', width: 30 },
          { title: '依据', width: 7 },
          { title: '分子/分母', width: 14, align: 'right' },
          { title: '本期', width: 10, align: 'right' },
          { title: '上期', width: 10, align: 'right' },
          { title: '目标', width: 12, align: 'right' },
          { title: '判定', width: 10 },
        ],
        rows: data.figures
          .filter((figure) => figure.denominator > 0)
          .map((figure) => ({
            cells: [
              figure.name,
              MARK[figure.mark],
              `${figure.numerator}/${figure.denominator}`,
              percent(shareOf(figure.numerator, figure.denominator)),
              percent(figure.before),
              figure.target === null ? '—' : `${figure.better === 'up' ? '≥' : '≤'}${percent(figure.target)}`,
              figure.reached === null
                ? notJudged(figure)
                : figure.reached
                  ? '达标'
                  : { text: '△ 未达标', strong: true, color: 'red' as const },
            ],
          })),
        note: '依据:国家 = 国家医疗质量控制指标;地方 = 地方规定或通行做法;建议 = 本系统建议值。指标按事件记录计算并冻结。',
      },
      ...siteSections(data),
      ...recognitionSections(data),
      ...ticketSections(data),
    ],
    footnote: `数据于期间结束后冻结,可由冻结数据重新生成并核对。不以收入、检查量对人员排名。`,
    createdAt: input.madeAt,
    attachments: [
      {
        name: 'bulletin.json',
        type: 'application/json',
        description: 'frozen data',
        bytes: Buffer.from(canonicalJson(data)), // jsonb keeps no order of members
      },
    ],
  };
  return renderPrintDocument(document);
}

/** Room of the centres' names before their bars, in points. */
const LABEL_WIDTH = 44;

function volumeSections(data: BulletinData): PrintSection[] {
  const most = Math.max(1, ...data.volume.map((row) => row.orders));
  return [
    { type: 'heading', text: '一、工作量' },
    {
      type: 'table',
      columns: [
        { title: '中心', width: 20 },
        { title: '申请', width: 20, align: 'right' },
        { title: '已签发', width: 20, align: 'right' },
        { title: '为成员单位', width: 20, align: 'right' },
      ],
      rows: data.volume.map((row) => ({
        cells: [CENTER[row.center] ?? row.center, String(row.orders), String(row.signed), String(row.forMembers)],
      })), // prettier-ignore
    },
    {
      type: 'vector',
      heightMm: 26,
      caption: '各中心申请数(条长按最多者比例)',
      draw: (pdf, area) => {
        const step = area.height / Math.max(1, data.volume.length);
        data.volume.forEach((row, index) => {
          const y = area.y + index * step;
          const left = area.x + LABEL_WIDTH;
          drawLine(pdf, CENTER[row.center] ?? row.center, area.x, y + step * 0.7, { size: 7 });
          pdf.rect(left, y + step * 0.2, Math.max(0.5, ((area.width - LABEL_WIDTH) * row.orders) / most), step * 0.6).fill('#4a6fa5'); // prettier-ignore
        });
      },
    },
  ];
}

function siteSections(data: BulletinData): PrintSection[] {
  const sites = data.sites.filter((site) => site.judged > 0);
  const others = data.sites.filter((site) => site.judged === 0 && site.orders > 0);
  return [
    { type: 'heading', text: '三、各机构' },
    {
      type: 'table',
      columns: [
        { title: '机构', width: 22 },
        { title: '申请', width: 10, align: 'right' },
        { title: '达标/可判定', width: 14, align: 'right' },
        { title: '超出 99.8% 控制限的指标(比率,95% 置信区间)', width: 54 },
      ],
      rows: sites.map((site) => ({
        cells: [
          site.name,
          String(site.orders),
          `${site.reached}/${site.judged}`,
          site.outliers.length === 0
            ? '无'
            : site.outliers
                .map((each) => `${each.name} ${percent(each.share)}(${percent(each.low)}–${percent(each.high)})`)
                .join(';'),
        ],
      })).concat(others.length === 0 ? [] : [{ cells: [`其余 ${others.length} 家`, String(others.reduce((n, site) => n + site.orders, 0)), '—', '各项均不足 20 例,不作判定'] }]), // prettier-ignore
      note: '按机构编码排列,不排名。不足 20 例的指标不作判定。控制限为全县比率 ±3.09 个标准误(漏斗图)。',
    },
  ];
}

function recognitionSections(data: BulletinData): PrintSection[] {
  const { prompts, adopted, repeated, saving, reasons } = data.recognition;
  return [
    { type: 'heading', text: '四、检查检验结果互认' },
    {
      type: 'text',
      text: `提示 ${prompts} 次,采纳 ${adopted} 次,重复检查 ${repeated} 次;互认率 ${percent(shareOf(adopted, prompts))},节约费用 ${saving.toFixed(2)} 元(按采纳时价格)。${reasons.length > 0 ? `重复检查理由:${reasons.map((row) => `${REASON[row.reason] ?? row.reason} ${row.count}`).join('、')}。` : ''}`,
    },
  ];
}

function ticketSections(data: BulletinData): PrintSection[] {
  const { opened, closed, reopened, open, items } = data.tickets;
  return [
    { type: 'heading', text: '五、督办' },
    {
      type: 'text',
      text: `本期新增 ${opened} 件,销号 ${closed} 件,重新督办 ${reopened} 件,期末在办 ${open} 件。`,
    },
    ...(items.length > 0
      ? [
          {
            type: 'table' as const,
            columns: [
              { title: '编号', width: 8, align: 'right' as const },
              { title: '事项', width: 60 },
              { title: '机构', width: 18 },
              { title: '状态', width: 14 },
            ],
            rows: items.map((item) => ({
              cells: [String(item.number), item.title, item.site ?? '', STATE[item.state] ?? item.state],
            })),
          },
        ]
      : []),
  ];
}

type Cell = { value: string | number; type: StringConstructor | NumberConstructor; fontWeight?: 'bold' } | null; // prettier-ignore

/** The same as a workbook. Repacked with a fixed time, so that the same data gives the same bytes. */
export async function renderSheet(data: BulletinData): Promise<Buffer> {
  const head = (...titles: string[]): Cell[] =>
    titles.map((value) => ({ value, type: String, fontWeight: 'bold' }));
  const row = (...values: (string | number | null)[]): Cell[] =>
    values.map((value) =>
      value === null || value === '' ? null : { value, type: typeof value === 'number' ? Number : String },
    );
  const sheets = [
    {
      sheet: '质量指标',
      data: [
        head('指标', '编码', '定义版本', '依据', '分子', '分母', '比率', '上期比率', '目标', '方向', '判定', '公式'), // prettier-ignore
        ...data.figures.map(
          (each) =>
          row(each.name, each.code, each.version, MARK[each.mark], each.numerator, each.denominator, shareOf(each.numerator, each.denominator), each.before, each.target, each.better === 'up' ? '越高越好' : '越低越好', each.reached === null ? notJudged(each) : each.reached ? '达标' : '未达标', each.formula), // prettier-ignore
        ),
      ],
    },
    {
      sheet: '机构',
      data: [
        head('机构', '申请', '达标', '可判定', '超出控制限'),
        ...data.sites.map(
          (site) =>
          row(site.name, site.orders, site.reached, site.judged, site.outliers.map((each) => each.name).join(';')), // prettier-ignore
        ),
      ],
    },
    {
      sheet: '工作量',
      data: [
        head('中心', '申请', '已签发', '为成员单位'),
        ...data.volume.map((each) =>
          row(CENTER[each.center] ?? each.center, each.orders, each.signed, each.forMembers),
        ),
      ],
    },
    {
      sheet: '互认与督办',
      data: [
        head('项目', '数值'),
        row('互认提示', data.recognition.prompts),
        row('采纳', data.recognition.adopted),
        row('重复检查', data.recognition.repeated),
        row('节约费用(元)', data.recognition.saving),
        ...data.recognition.reasons.map((each) =>
          row(`理由:${REASON[each.reason] ?? each.reason}`, each.count),
        ),
        row('督办新增', data.tickets.opened),
        row('督办销号', data.tickets.closed),
        row('重新督办', data.tickets.reopened),
        row('期末在办', data.tickets.open),
      ],
    },
  ];
  const made = await writeXlsx(sheets as never).toBuffer();
  return fixedTime(made);
}

/** The workbook's zip again with one time for every part and none in its properties. */
export function fixedTime(workbook: Uint8Array): Buffer {
  const parts = unzipSync(workbook);
  const fixed = Object.fromEntries(
    Object.entries(parts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, bytes]) => [
        name,
        name.startsWith('docProps/')
          ? strToU8(Buffer.from(bytes).toString('utf8').replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2000-01-01T00:00:00Z')) // prettier-ignore
          : bytes,
      ]),
  );
  return Buffer.from(zipSync(fixed, { mtime: new Date('2000-01-01T00:00:00Z') }));
}

/** Why a figure is not judged: no target, or too few cases to say. */
const notJudged = ({ target }: { target: number | null }): string => (target === null ? '观察' : '例数不足');
