import bwipjs from 'bwip-js/node';
import PDFDocument from 'pdfkit';
import { sql } from 'kysely';
import type { Queryable } from '../../core/database.ts';
import { conflict } from '../../core/errors.ts';
import { face } from '../../core/print/faces.ts';
import { pointsPerMm } from '../../core/print/sections.ts';
import { findPackId } from '../packs.ts';
import { expiresOn, localDay, storeIsControlled } from '../rules/expiry.ts';
import { METHOD_WORDS } from '../release/words.ts';

export interface Label {
  code: string;
  setName: string;
  owner: string;
  material: string;
  method: string;
  packer: string;
  checker: string;
  machine: string;
  batch: string;
  sterilizedOn: string;
  expiresOn: string;
  implant: boolean;
  /** Not sterilized yet: the dates are those of a run today. */
  planned: boolean;
}

/** What stands on the label (WS 310.2: item, checker, packer, sterilizer, batch, sterilized on, expires on). */
export async function readLabel(db: Queryable, scanned: string, now: Date): Promise<Label> {
  const id = await findPackId(db, scanned);
  const { rows } = await sql<{
    code: string;
    state: string;
    setName: string;
    owner: string;
    material: string | null;
    method: string;
    packer: string | null;
    checker: string | null;
    machine: string | null;
    batch: string | null;
    sterilizedOn: string | null;
    expiresOn: string | null;
    implant: boolean;
    shelfLifeDays: number | null;
    shelfLifeDaysUncontrolled: number | null;
    temperatureC: number | null;
    humidityPercent: number | null;
  }>`
    select p.code, p.state, t.name as set_name, o.short_name as owner, m.name as material, v.method, a.name as packer, b.name as checker,
      mc.code as machine, l.number as batch, p.sterilized_on::text as sterilized_on, p.expires_on::text as expires_on, p.implant,
      m.shelf_life_days, m.shelf_life_days_uncontrolled, (c.measured ->> 'temperatureC')::float as temperature_c, (c.measured ->> 'humidityPercent')::float as humidity_percent
    from cssd_pack p join cssd_set_type t on t.id = p.set_type_id join cssd_set_type_version v on v.id = p.set_type_version_id
    join institution o on o.id = p.owner_institution_id left join cssd_packaging_material m on m.id = p.packaging_material_id
    left join staff a on a.id = p.packed_by left join staff b on b.id = p.checked_by
    left join cssd_load l on l.id = p.load_id left join cssd_machine mc on mc.id = l.machine_id
    left join lateral (select measured from cssd_daily_check d where d.institution_id = p.center_id and d.kind = 'climate'
      and d.checked_at > ${now}::timestamptz - interval '24 hours' order by checked_at desc limit 1) c on true
    where p.id = ${id}`.execute(db);
  const row = rows[0];
  if (!row || row.packer === null || row.shelfLifeDays === null || row.shelfLifeDaysUncontrolled === null)
    throw conflict('not-packed', 'a label is printed when the set is packed', { code: scanned });
  const climate =
    row.temperatureC === null || row.humidityPercent === null
      ? undefined
      : { temperatureC: row.temperatureC, humidityPercent: row.humidityPercent };
  const today = localDay(now);
  const life = { shelfLifeDays: row.shelfLifeDays, shelfLifeDaysUncontrolled: row.shelfLifeDaysUncontrolled };
  return {
    code: row.code,
    setName: row.setName,
    owner: row.owner,
    material: row.material ?? '',
    method: METHOD_WORDS[row.method] ?? row.method,
    packer: row.packer,
    checker: row.checker ?? row.packer,
    machine: row.machine ?? '',
    batch: row.batch ?? '',
    sterilizedOn: row.sterilizedOn ?? today,
    expiresOn: row.expiresOn ?? expiresOn(today, life, storeIsControlled(climate)),
    implant: row.implant,
    planned: row.sterilizedOn === null,
  };
}

const lines = (label: Label): string[] => [
  `${label.owner}  ${label.material}`,
  `灭菌器 ${label.machine || '____'}  锅次 ${label.batch || '____'}`,
  `灭菌日期 ${label.sterilizedOn}`,
  `有效期至 ${label.expiresOn}`,
  `包装 ${label.packer}  核对 ${label.checker}`,
];

/** The label as PDF, 80 × 40 mm, DataMatrix of the pack code at the left. */
export async function labelPdf(label: Label): Promise<Buffer> {
  const width = 80 * pointsPerMm;
  const height = 40 * pointsPerMm;
  const matrix = await bwipjs.toBuffer({ bcid: 'datamatrix', text: label.code, scale: 6 });
  const pdf = new PDFDocument({
    size: [width, height],
    margin: 0,
    font: face('regular').file,
    info: { Title: label.code, Creator: 'county-hub' },
  });
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', () => resolve(Buffer.concat(chunks)));
    pdf.on('error', reject);
  });
  pdf.registerFont('regular', face('regular').file);
  pdf.registerFont('bold', face('bold').file);
  pdf.image(matrix, 6, 26, { width: 58 });
  pdf
    .font('bold')
    .fontSize(11.5)
    .text(label.setName, 6, 5, { width: width - (label.implant ? 60 : 12), height: 15, ellipsis: true });
  if (label.implant) pdf.fontSize(10).text('植入物', width - 52, 6, { width: 46, align: 'right' });
  pdf.font('regular').fontSize(7).text(label.code, 4, 87, { width: 64, align: 'center', lineBreak: false });
  let y = 24;
  for (const line of lines(label)) {
    pdf.font(line.startsWith('有效期') ? 'bold' : 'regular').fontSize(line.startsWith('有效期') ? 9.5 : 8);
    pdf.text(line, 72, y, { width: width - 76, height: 11, ellipsis: true, lineBreak: false });
    y += 14;
  }
  pdf
    .fontSize(6.5)
    .font('regular')
    .text(label.planned ? '计划灭菌 · 包外指示物变色后方可使用' : label.method, 72, y + 2, {
      width: width - 76,
      lineBreak: false,
    });
  pdf.end();
  return done;
}

/** The same as ZPL II for label printers at 203 dpi; UTF-8 (^CI28), Chinese by the printer's own font file. */
export function labelZpl(label: Label, font = 'E:SIMSUN.TTF'): string {
  const field = (x: number, y: number, size: number, text: string) =>
    `^FO${x},${y}^A@N,${size},${size},${font}^FH^FD${escapeZpl(text)}^FS`;
  return [
    '^XA',
    '^CI28',
    '^PW640',
    '^LL320',
    field(16, 12, 32, label.implant ? `${label.setName} [植入物]` : label.setName),
    `^FO16,64^BXN,8,200^FD${label.code}^FS`,
    field(12, 244, 20, label.code),
    ...lines(label).map((line, index) => field(210, 64 + index * 38, 26, line)),
    '^XZ',
    '',
  ].join('\n');
}

/** `^`, `~` and the hex mark itself would be commands. */
const escapeZpl = (text: string) =>
  text.replace(/[\^~_\\]/g, (mark) => `_${mark.charCodeAt(0).toString(16).padStart(2, '0')}`);
