import type { Express } from 'express';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { localDate } from '../turnaround/calendar.ts';
import { MARK, type RecognitionRange } from './ranges.ts';

interface SiteRow {
  site: string;
  center: string | null;
  item: string | null;
  range: RecognitionRange;
  evaluator: string;
  validFrom: string;
  validTo: string;
}
interface ItemRow {
  code: string;
  name: string;
  center: string;
  eligible: boolean;
  note: string | null;
  days: number;
  countsFrom: string;
}

const CENTER: Record<string, string> = { imaging: '影像 Imaging', ecg: '心电 ECG', lab: '检验 Laboratory', pathology: '病理 Pathology', sterilization: '消毒供应' }; // prettier-ignore

/** `/recognition`: which sites and items are recognised, by whose evaluation, until when. For everybody; no person is named. */
export function recognitionPage(ctx: Context, app: Express): void {
  app.get('/recognition', async (_req, res) => {
    const today = localDate(ctx.clock.now());
    const sites = await sql<SiteRow>`select i.name as site, e.center_kind::text as center, c.name as item, e.recognition_range as range, e.evaluator, e.valid_from::text as valid_from, e.valid_to::text as valid_to
      from quality_evidence e join institution i on i.id = e.institution_id left join catalogue_item c on c.code = e.item_code where e.revoked_at is null and ${today}::date between e.valid_from and e.valid_to order by i.code, e.center_kind, c.name limit 5000`.execute(ctx.db); // prettier-ignore
    const items = await sql<ItemRow>`select r.item_code as code, c.name, c.center_kind::text as center, r.eligible, r.exception_note as note, r.validity_days as days, r.counts_from
      from recognition_item r join catalogue_item c on c.code = r.item_code and c.active order by c.center_kind, c.code limit 5000`.execute(ctx.db); // prettier-ignore
    res.type('html').setHeader('Cache-Control', 'public, max-age=300');
    res.end(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>检查检验结果互认公示</title>
<style>body{font:15px/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1c2430;max-width:64em;margin:2em auto;padding:0 1em}h1{font-size:1.4em}h2{font-size:1.1em;margin-top:2em}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #cfd6df;padding:.35em .6em;text-align:left;vertical-align:top}th{background:#f1f4f8}p{color:#4a5565}@media print{th{background:none}}</style>
<body><main><h1>检查检验结果互认公示</h1><p>截至 ${today}。互认的是检查检验结果(影像、图形、数值),不包括诊断结论;是否采用由接诊医师判断。<br>As of ${today}. Recognised are results (images, traces, values), not the conclusion; the treating doctor decides.</p>
<h2>取得质量证明的机构 Recognised sites</h2>${table(
      ['机构 Site', '范围 Field', '标识 Mark', '评价机构 Evaluator', '有效期 Valid'],
      sites.rows.map((row) => [
        row.site,
        `${row.center ? (CENTER[row.center] ?? row.center) : '全部 All'}${row.item ? ` · ${row.item}` : ''}`,
        MARK[row.range],
        row.evaluator,
        `${row.validFrom} – ${row.validTo}`,
      ]),
    )}
<h2>互认项目 Items</h2>${table(
      ['项目 Item', '编码 Code', '中心 Centre', '互认 Recognised', '有效期 Validity'],
      items.rows.map((row) => [
        row.name,
        row.code,
        CENTER[row.center] ?? row.center,
        row.eligible ? '是 yes' : `否 no:${row.note ?? ''}`,
        row.eligible
          ? `${row.days} 天(自${row.countsFrom === 'report' ? '报告' : '检查'}起)${row.days} d`
          : '—',
      ]),
    )}</main></body></html>`);
  });
}

const table = (head: string[], rows: string[][]): string =>
  rows.length === 0
    ? '<p>暂无。None.</p>'
    : `<table><thead><tr>${head.map((title) => `<th scope="col">${title}</th>`).join('')}</tr></thead><tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`).join('')}</tbody></table>`;

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
