import readSheet from 'read-excel-file/node';
import writeExcelFile from 'write-excel-file/node';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import { invalid, type FieldError } from '../../core/errors.ts';
import { formulaInputs } from '../rules/calculate.ts';

/** Columns of the sheet: heading, key in the table. One row a test; its ranges are on the second sheet. */
const TEST_COLUMNS = [
  ['代码', 'code'],
  ['名称', 'name'],
  ['英文名', 'nameEn'],
  ['结果类型', 'resultKind'],
  ['公式', 'formula'],
  ['标本', 'specimenType'],
  ['管型', 'tubeCode'],
  ['用量µL', 'volumeUl'],
  ['LOINC', 'loinc'],
  ['单位', 'unit'],
  ['UCUM', 'ucum'],
  ['方法', 'method'],
  ['小数位', 'decimals'],
  ['工作台', 'bench'],
  ['测量下限', 'measuringLow'],
  ['测量上限', 'measuringHigh'],
  ['全血稳定min', 'wholeBloodStabilityMinutes'],
  ['稳定min', 'stabilityMinutes'],
  ['转运最低℃', 'transportMinCelsius'],
  ['转运最高℃', 'transportMaxCelsius'],
  ['Delta%', 'deltaPercent'],
  ['Delta小时', 'deltaHours'],
  ['TEa%', 'teaPercent'],
  ['CV限%', 'cvLimitPercent'],
  ['价格', 'price'],
  ['打印顺序', 'printOrder'],
  ['启用', 'active'],
] as const;
const RANGE_COLUMNS = [
  ['代码', 'testCode'],
  ['性别', 'sex'],
  ['年龄起(天)', 'ageFromDays'],
  ['年龄止(天)', 'ageToDays'],
  ['妊娠', 'pregnant'],
  ['方法', 'method'],
  ['下限', 'low'],
  ['上限', 'high'],
  ['正常(文字)', 'normalText'],
  ['危急低', 'criticalLow'],
  ['危急高', 'criticalHigh'],
  ['生效', 'validFrom'],
  ['失效', 'validTo'],
] as const;

type Cell = string | number | boolean | Date | null;
type Row = Record<string, unknown>;

/** The catalogue as an Excel file with two sheets. */
export async function exportCatalogue(db: Queryable): Promise<Buffer> {
  const tests = (await db
    .selectFrom('labTest')
    .selectAll()
    .orderBy('printOrder')
    .orderBy('code')
    .execute()) as Row[];
  const ranges = (await db
    .selectFrom('labReferenceRange')
    .selectAll()
    .orderBy('testCode')
    .orderBy('ageFromDays')
    .execute()) as Row[];
  const sheet = (name: string, columns: readonly (readonly [string, string])[], rows: Row[]) => ({
    sheet: name,
    data: [
      columns.map(([heading]) => ({ value: heading, fontWeight: 'bold' as const })),
      ...rows.map((row) => columns.map(([, key]) => ({ value: toCell(row[key]) }))),
    ],
  });
  const file = await writeExcelFile([
    sheet('项目', TEST_COLUMNS, tests),
    sheet('参考区间', RANGE_COLUMNS, ranges),
  ]).toBuffer();
  return Buffer.from(file);
}

function toCell(value: unknown): string | number | boolean {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

/** Reads the same file back: all or nothing; each fault names sheet, row and column. Every import is a version. */
export async function importCatalogue(
  ctx: Context,
  actor: Actor,
  bytes: Buffer,
  note: string,
): Promise<{ version: number; tests: number; ranges: number }> {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  const faults: FieldError[] = [];
  const sheets = await readSheet(bytes).catch((cause: unknown) => {
    throw invalid(`this is no readable Excel file: ${cause instanceof Error ? cause.message : ''}`, [
      { path: 'file', message: '不是可读取的 Excel 文件', code: 'file' },
    ]);
  });
  const named = sheets as unknown as { sheet: string; data: Cell[][] }[];
  const tests = toRows(named.find((one) => one.sheet === '项目')?.data, TEST_COLUMNS, '项目', faults);
  const ranges = toRows(
    named.find((one) => one.sheet === '参考区间')?.data,
    RANGE_COLUMNS,
    '参考区间',
    faults,
  );
  for (const test of tests) {
    if (!/^[A-Z0-9%#._-]{1,24}$/.test(String(test['code'] ?? '')))
      faults.push({
        path: `项目 ${String(test['row'])}`,
        message: `代码“${String(test['code'] ?? '')}”无效`,
        code: 'code',
      });
    if (test['formula']) {
      try {
        formulaInputs(String(test['formula']));
      } catch (error) {
        faults.push({
          path: `项目 ${String(test['row'])}`,
          message: error instanceof Error ? error.message : String(error),
          code: 'formula',
        });
      }
    }
  }
  if (faults.length > 0)
    throw invalid(`${faults.length} fault(s) in the file; nothing was changed`, faults.slice(0, 100));
  return ctx.db.transaction().execute(async (trx) => {
    for (const test of tests) await upsertTest(trx, test);
    const codes = [...new Set(ranges.map((range) => String(range['testCode'])))];
    if (codes.length > 0) {
      await trx.deleteFrom('labReferenceRange').where('testCode', 'in', codes).execute();
      await trx
        .insertInto('labReferenceRange')
        .values(
          ranges.map(withoutRow).map(
            (range) =>
              ({
                ...range,
                ageFromDays: range['ageFromDays'] ?? 0,
                ageToDays: range['ageToDays'] ?? 54_786,
                validFrom: range['validFrom'] ?? '2000-01-01',
              }) as never,
          ),
        )
        .execute();
    }
    return snapshotCatalogue(trx, actor, note).then((version) => ({
      version,
      tests: tests.length,
      ranges: ranges.length,
    }));
  });
}

/** Stores the whole catalogue as a version. */
export async function snapshotCatalogue(trx: Transaction, actor: Actor, note: string): Promise<number> {
  const content = {
    tests: await trx.selectFrom('labTest').selectAll().execute(),
    ranges: await trx.selectFrom('labReferenceRange').selectAll().execute(),
    panels: await trx.selectFrom('labPanelTest').selectAll().execute(),
  };
  const { version } = await trx
    .insertInto('labCatalogueVersion')
    .values({ changedBy: actor.kind === 'staff' ? actor.id : null, note, content: JSON.stringify(content) })
    .returning('version')
    .executeTakeFirstOrThrow();
  await recordAudit(trx, actor, {
    action: 'lab-catalogue.change',
    subjectType: 'lab-catalogue',
    subjectId: String(version),
    detail: { note },
  });
  return version;
}

function toRows(
  data: Cell[][] | undefined,
  columns: readonly (readonly [string, string])[],
  sheet: string,
  faults: FieldError[],
): Row[] {
  if (!data) return [];
  const headings = (data[0] ?? []).map((cell) => String(cell ?? '').trim());
  const missing = columns.filter(([heading]) => heading === '代码' && !headings.includes(heading));
  if (missing.length > 0)
    faults.push({
      path: sheet,
      message: `缺少列 ${missing.map(([heading]) => heading).join('、')}`,
      code: 'column',
    });
  return data.slice(1).map((cells, index) => {
    const row: Row = { row: index + 2 };
    for (const [heading, key] of columns) {
      const at = headings.indexOf(heading);
      const cell = at < 0 ? undefined : cells[at];
      if (cell !== undefined)
        row[key] =
          cell === null || cell === '' ? null : cell instanceof Date ? cell.toISOString().slice(0, 10) : cell;
    }
    return row;
  });
}

function withoutRow(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([key]) => key !== 'row'));
}

async function upsertTest(trx: Transaction, test: Row): Promise<void> {
  const values = withoutRow(test);
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  await trx
    .insertInto('labTest')
    .values(given as never)
    .onConflict((oc) =>
      oc.column('code').doUpdateSet((eb) => ({ ...given, version: eb('labTest.version', '+', 1) }) as never),
    )
    .execute();
}
