import { requirePermission, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import { invalid, type FieldError } from '../../core/errors.ts';
import { formulaInputs } from '../rules/calculate.ts';
import { applySheets, type Row, type Sheets } from './applySheets.ts';
import { SHEETS, type Column, type SheetKey } from './columns.ts';
import { snapshotCatalogue } from './snapshot.ts';

type Cell = string | number | boolean | Date | null;
const KEYS = Object.keys(SHEETS) as SheetKey[];
const NAMED = ['tubes', 'tests', 'panels'] as const;
/** What a new row cannot be without; a known one keeps what the file does not say. */
const NEEDED: Record<(typeof NAMED)[number], string[]> = {
  tubes: ['name', 'nameEn', 'color', 'colorName', 'specimenType', 'volumeMl'],
  tests: ['name', 'nameEn', 'specimenType', 'tubeCode', 'bench'],
  panels: ['name', 'nameEn', 'itemClass'],
};

/** The catalogue as an Excel file: tubes, tests, ranges, panels. */
export async function exportCatalogue(db: Queryable): Promise<Buffer> {
  const rows: Record<SheetKey, Row[]> = {
    tubes: await db.selectFrom('labTubeType').selectAll().orderBy('drawOrder').orderBy('code').execute(),
    tests: await db.selectFrom('labTest').selectAll().orderBy('printOrder').orderBy('code').execute(),
    ranges: await db
      .selectFrom('labReferenceRange')
      .selectAll()
      .orderBy('testCode')
      .orderBy('ageFromDays')
      .execute(),
    panels: await readPanels(db),
  };
  const { default: writeExcelFile } = await import('write-excel-file/node'); // loaded by the few who need it
  const file = await writeExcelFile(
    KEYS.map((key) => ({
      sheet: SHEETS[key].name,
      data: [
        SHEETS[key].columns.map(({ heading }) => ({ value: heading, fontWeight: 'bold' as const })),
        ...rows[key].map((row) => SHEETS[key].columns.map((column) => ({ value: toCell(row[column.key]) }))),
      ],
    })),
  ).toBuffer();
  return Buffer.from(file);
}

async function readPanels(db: Queryable): Promise<Row[]> {
  const panels = await db
    .selectFrom('catalogueItem')
    .select(['code', 'name', 'nameEn', 'itemClass', 'reportGroup', 'price'])
    .where('centerKind', '=', 'lab')
    .orderBy('code')
    .execute();
  const tests = await db
    .selectFrom('labPanelTest')
    .select(['panelCode', 'testCode'])
    .orderBy('panelCode')
    .orderBy('position')
    .execute();
  return panels.map((panel) => ({
    ...panel,
    tests: tests.filter((row) => row.panelCode === panel.code).map((row) => row.testCode),
  }));
}

function toCell(value: unknown): string | number | boolean {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value)) return value.join('、');
  return typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

/**
 * Reads the same file back: all or nothing; each fault names sheet, row and column. Tests and panels that the file does
 * not name stay as they are; of a test it names, the ranges are replaced by those of the file. An import that changes
 * anything is a version (null when nothing was changed).
 */
export async function importCatalogue(
  ctx: Context,
  actor: Actor,
  bytes: Buffer,
  note: string,
): Promise<{
  version: number | null;
  changed: number;
  tubes: number;
  tests: number;
  ranges: number;
  panels: number;
}> {
  requirePermission(actor, 'policy.edit', { centerKind: 'lab' });
  const { default: readSheet } = await import('read-excel-file/node');
  const read = await readSheet(bytes).catch((cause: unknown) => {
    throw invalid(`this is no readable Excel file: ${cause instanceof Error ? cause.message : ''}`, [
      { path: 'file', code: 'import-file' },
    ]);
  });
  const named = read as unknown as { sheet: string; data: Cell[][] }[];
  const faults: FieldError[] = [];
  const sheets = Object.fromEntries(
    KEYS.map((key) => [
      key,
      toRows(named.find((one) => one.sheet === SHEETS[key].name)?.data, SHEETS[key], faults),
    ]),
  ) as Sheets;
  if (KEYS.every((key) => sheets[key].length === 0) && faults.length === 0)
    faults.push({ path: '文件', code: 'import-sheets' });
  return ctx.db.transaction().execute(async (trx) => {
    if (faults.length === 0) await checkReferences(trx, sheets, faults);
    if (faults.length > 0)
      throw invalid(`${faults.length} fault(s) in the file; nothing was changed`, faults.slice(0, 100));
    const changed = await applySheets(trx, sheets);
    const version = changed > 0 ? await snapshotCatalogue(trx, actor, note) : null;
    const count = (key: SheetKey) => sheets[key].length;
    return {
      version,
      changed,
      tubes: count('tubes'),
      tests: count('tests'),
      ranges: count('ranges'),
      panels: count('panels'),
    };
  });
}

function toRows(
  data: Cell[][] | undefined,
  sheet: { name: string; columns: readonly Column[] },
  faults: FieldError[],
): Sheets[SheetKey] {
  if (!data) return [];
  const headings = (data[0] ?? []).map((cell) => String(cell ?? '').trim());
  if (!headings.includes('代码')) {
    faults.push({
      path: sheet.name,
      code: 'import-column',
      params: { sheet: sheet.name },
    });
    return [];
  }
  const rows: Sheets[SheetKey] = [];
  data.slice(1).forEach((cells, index) => {
    if (cells.every((cell) => cell === null || cell === '')) return;
    const row: Row & { row: number } = { row: index + 2 };
    for (const { heading, key, check } of sheet.columns) {
      const at = headings.indexOf(heading);
      if (at < 0) continue;
      const parsed = check.safeParse(clean(cells[at] ?? null, heading));
      if (parsed.success) row[key] = parsed.data;
      else
        faults.push({
          path: `${sheet.name} 第 ${row.row} 行`,
          code: 'import-cell',
          params: {
            sheet: sheet.name,
            row: row.row,
            column: heading,
            value: String(cells[at] ?? '').slice(0, 30),
          },
        });
    }
    rows.push(row);
  });
  return rows;
}

/** Excel turns codes such as 10 into numbers and days into dates: back to what the column is. */
function clean(cell: Cell, heading: string): string | number | boolean | null {
  if (cell === null || cell === '') return null;
  if (cell instanceof Date) return cell.toISOString().slice(0, 10);
  return typeof cell === 'number' && ['代码', 'LOINC', '名称'].includes(heading) ? String(cell) : cell;
}

/** What no single cell shows: a tube or a test that does not exist, limits the wrong way round, formulas, codes twice. */
async function checkReferences(trx: Transaction, sheets: Sheets, faults: FieldError[]): Promise<void> {
  const fault = (key: SheetKey, row: { row: number }, code: string, named: Record<string, string> = {}) =>
    faults.push({
      path: `${SHEETS[key].name} 第 ${row.row} 行`,
      code: `import-${code}`,
      params: { sheet: SHEETS[key].name, row: row.row, ...named },
    });
  const knownTubes = await trx.selectFrom('labTubeType').select('code').execute();
  const knownTests = await trx.selectFrom('labTest').select('code').execute();
  const tubes = new Set([...knownTubes.map((one) => one.code), ...sheets.tubes.map((row) => row['code'])]);
  const tests = new Set([...knownTests.map((one) => one.code), ...sheets.tests.map((row) => row['code'])]);
  const elsewhere = await trx.selectFrom('catalogueItem').select(['code', 'centerKind']).execute();
  const known: Record<(typeof NAMED)[number], Set<string>> = {
    tubes: new Set(knownTubes.map((one) => one.code)),
    tests: new Set(knownTests.map((one) => one.code)),
    panels: new Set(elsewhere.map((one) => one.code)),
  };
  for (const row of sheets.panels)
    if (elsewhere.some((one) => one.code === row['code'] && one.centerKind !== 'lab'))
      fault('panels', row, 'elsewhere', {
        code: String(row['code']),
      });
  for (const key of NAMED) {
    const seen = new Set<unknown>();
    for (const row of sheets[key]) {
      const absent = known[key].has(String(row['code']))
        ? []
        : NEEDED[key].filter((column) => row[column] === undefined);
      if (absent.length > 0) {
        const headings = SHEETS[key].columns.filter((one) => absent.includes(one.key));
        const columns = headings.map((one) => one.heading).join('、');
        fault(key, row, 'needed', { columns });
      }
      if (seen.has(row['code'])) fault(key, row, 'twice', { code: String(row['code']) });
      seen.add(row['code']);
    }
  }
  for (const row of sheets.tests) {
    if (row['tubeCode'] !== undefined && !tubes.has(row['tubeCode']))
      fault('tests', row, 'tube', {
        tube: String(row['tubeCode']),
      });
    const formula = row['formula'];
    if (row['resultKind'] !== undefined && (row['resultKind'] === 'calculated') !== (formula != null))
      fault('tests', row, 'formula-kind');
    if (typeof formula !== 'string') continue;
    try {
      const missing = formulaInputs(formula).filter((code) => !tests.has(code));
      if (missing.length > 0)
        fault('tests', row, 'formula-test', {
          tests: missing.join(', '),
        });
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      fault('tests', row, 'formula', { detail });
    }
  }
  for (const row of sheets.ranges) {
    const { low, high } = row as { low?: number | null; high?: number | null };
    if (!tests.has(row['testCode']))
      fault('ranges', row, 'test', {
        test: String(row['testCode']),
      });
    if (low != null && high != null && low > high) fault('ranges', row, 'limits');
    if (Number(row['ageFromDays'] ?? 0) >= Number(row['ageToDays'] ?? 54_786)) fault('ranges', row, 'age');
    if (['low', 'high', 'normalText', 'criticalLow', 'criticalHigh'].every((key) => row[key] == null))
      fault('ranges', row, 'empty');
  }
  for (const row of sheets.panels)
    for (const code of (row['tests'] as string[] | undefined) ?? [])
      if (!tests.has(code)) fault('panels', row, 'test', { test: code });
}
