import type { Transaction } from '../../core/database.ts';
import type { SheetKey } from './columns.ts';

export type Row = Record<string, unknown>;
/** Rows of every sheet of a file; a sheet that is absent changes nothing. */
export type Sheets = Record<SheetKey, (Row & { row: number })[]>;

/**
 * Writes what differs from what stands; answers how many tubes, tests and panels changed (a test also by its ranges).
 * A row as it stands is not touched: its version stays.
 */
export async function applySheets(trx: Transaction, sheets: Sheets): Promise<number> {
  const tubes = await applyTubes(trx, sheets.tubes);
  const tests = await applyTests(trx, sheets.tests);
  for (const code of await applyRanges(trx, sheets.ranges)) tests.add(code);
  return tubes + tests.size + (await applyPanels(trx, sheets.panels));
}

async function applyTubes(trx: Transaction, rows: Sheets['tubes']): Promise<number> {
  const standing = byCode(await trx.selectFrom('labTubeType').selectAll().execute());
  let changed = 0;
  for (const row of rows) {
    const values = without(row, 'row');
    const known = standing.get(String(row['code']));
    if (known && !differs(known, values)) continue;
    changed += 1;
    await (known
      ? trx.updateTable('labTubeType').set(values).where('code', '=', String(row['code'])).execute()
      : trx
          .insertInto('labTubeType')
          .values(values as never)
          .execute());
  }
  return changed;
}

async function applyTests(trx: Transaction, rows: Sheets['tests']): Promise<Set<string>> {
  const standing = byCode(await trx.selectFrom('labTest').selectAll().execute());
  const changed = new Set<string>();
  for (const row of rows) {
    const code = String(row['code']);
    const values = without(row, 'row');
    const known = standing.get(code);
    if (known && !differs(known, values)) continue;
    changed.add(code);
    await (known
      ? trx
          .updateTable('labTest')
          .set((eb) => ({ ...values, version: eb('version', '+', 1) }) as never)
          .where('code', '=', code)
          .execute()
      : trx
          .insertInto('labTest')
          .values(values as never)
          .execute());
  }
  return changed;
}

/** Of a test that the file names, the ranges are those of the file. Answers the codes whose ranges are others now. */
async function applyRanges(trx: Transaction, rows: Sheets['ranges']): Promise<string[]> {
  const named = [...new Set(rows.map((range) => String(range['testCode'])))];
  if (named.length === 0) return [];
  const standing: Row[] = await trx
    .selectFrom('labReferenceRange')
    .selectAll()
    .where('testCode', 'in', named)
    .execute();
  const wanted = rows.map((range) => ({
    ...NO_LIMITS,
    ...without(range, 'row'),
    ageFromDays: range['ageFromDays'] ?? 0,
    ageToDays: range['ageToDays'] ?? 54_786,
    validFrom: range['validFrom'] ?? '2000-01-01',
  }));
  const changed = named.filter((code) => rangesOf(standing, code) !== rangesOf(wanted, code));
  if (changed.length === 0) return [];
  await trx.deleteFrom('labReferenceRange').where('testCode', 'in', changed).execute();
  await trx
    .insertInto('labReferenceRange')
    .values(wanted.filter((range: Row) => changed.includes(String(range['testCode']))) as never)
    .execute();
  return changed;
}

/** What a file that lacks the column leaves empty. */
const NO_LIMITS: Row = {
  sex: null,
  pregnant: null,
  method: null,
  low: null,
  high: null,
  normalText: null,
  criticalLow: null,
  criticalHigh: null,
  validTo: null,
};

const rangesOf = (rows: Row[], code: string): string =>
  rows
    .filter((row) => row['testCode'] === code)
    .map(({ id: _, ...row }) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))))
    .sort()
    .join('\n');

async function applyPanels(trx: Transaction, rows: Sheets['panels']): Promise<number> {
  const standing = byCode(
    await trx.selectFrom('catalogueItem').selectAll().where('centerKind', '=', 'lab').execute(),
  );
  const members = await trx
    .selectFrom('labPanelTest')
    .select(['panelCode', 'testCode'])
    .orderBy('position')
    .execute();
  let changed = 0;
  for (const row of rows) {
    const code = String(row['code']);
    const values = without(row, 'row', 'tests');
    const known = standing.get(code);
    const tests = row['tests'] === undefined ? undefined : [...new Set(row['tests'] as string[])];
    const before = members.filter((member) => member.panelCode === code).map((member) => member.testCode);
    const regrouped = tests !== undefined && differs({ tests: before }, { tests });
    if (known && !regrouped && !differs(known, values)) continue;
    changed += 1;
    await (known
      ? trx.updateTable('catalogueItem').set(values).where('code', '=', code).execute()
      : trx
          .insertInto('catalogueItem')
          .values({ ...values, centerKind: 'lab' } as never)
          .execute());
    if (!tests || !regrouped) continue;
    await trx.deleteFrom('labPanelTest').where('panelCode', '=', code).execute();
    if (tests.length > 0)
      await trx
        .insertInto('labPanelTest')
        .values(tests.map((testCode, position) => ({ panelCode: code, testCode, position })))
        .execute();
  }
  return changed;
}

const byCode = <T extends { code: string }>(rows: T[]): Map<string, Row> =>
  new Map(rows.map((row) => [row.code, row as Row]));

const differs = (standing: Row, values: Row): boolean =>
  Object.entries(values).some(
    ([key, value]) => JSON.stringify(standing[key] ?? null) !== JSON.stringify(value ?? null),
  );

const without = (row: Row, ...keys: string[]): Row =>
  Object.fromEntries(
    Object.entries(row).filter(([key, value]) => !keys.includes(key) && value !== undefined),
  );
