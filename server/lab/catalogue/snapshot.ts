import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Queryable, Transaction } from '../../core/database.ts';
import { notFound } from '../../core/errors.ts';

/** Stores the whole catalogue as a version. Returns its number. */
export async function snapshotCatalogue(trx: Transaction, actor: Actor, note: string): Promise<number> {
  const content = {
    tubes: await trx.selectFrom('labTubeType').selectAll().execute(),
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

export interface CatalogueChange {
  sheet: 'tubes' | 'tests' | 'ranges' | 'panels';
  code: string;
  kind: 'added' | 'removed' | 'changed';
  fields: { field: string; from: unknown; to: unknown }[];
}

type Row = Record<string, unknown>;
type Content = Partial<Record<CatalogueChange['sheet'], unknown>>;

/** What a row is told apart by, and what it is called. */
const KEYS: Record<CatalogueChange['sheet'], { key: string[]; code: string }> = {
  tubes: { key: ['code'], code: 'code' },
  tests: { key: ['code'], code: 'code' },
  ranges: {
    key: ['testCode', 'sex', 'ageFromDays', 'ageToDays', 'pregnant', 'method', 'validFrom'],
    code: 'testCode',
  },
  panels: { key: ['panelCode', 'testCode'], code: 'panelCode' },
};
/** Columns that change with every import and say nothing. */
const SILENT = new Set(['id', 'version', 'position']);

/** A version and what it changed against the one before. */
export async function readCatalogueVersion(db: Queryable, version: number) {
  const rows = await db
    .selectFrom('labCatalogueVersion as v')
    .leftJoin('staff as s', 's.id', 'v.changedBy')
    .select(['v.version', 'v.at', 'v.note', 'v.content', 's.name as changedBy'])
    .where('v.version', '<=', version)
    .orderBy('v.version', 'desc')
    .limit(2)
    .execute();
  const [now, before] = rows;
  if (now?.version !== version) throw notFound('catalogue version', String(version));
  const { content, ...head } = now;
  return { ...head, changes: before ? compare(before.content as Content, content as Content) : [] };
}

function compare(before: Content, after: Content): CatalogueChange[] {
  const changes: CatalogueChange[] = [];
  for (const [sheet, { key, code }] of Object.entries(KEYS)) {
    const kind = sheet as CatalogueChange['sheet'];
    const nameOf = (row: Row) => key.map((column) => String(row[column] ?? '')).join(' ');
    const old = new Map(rowsOf(before[kind]).map((row) => [nameOf(row), row]));
    for (const row of rowsOf(after[kind])) {
      const name = nameOf(row);
      const earlier = old.get(name);
      old.delete(name);
      const called = String(row[code]);
      if (!earlier) {
        changes.push({ sheet: kind, code: called, kind: 'added', fields: fieldsOf({}, row) });
        continue;
      }
      const fields = fieldsOf(earlier, row);
      if (fields.length > 0) changes.push({ sheet: kind, code: called, kind: 'changed', fields });
    }
    for (const row of old.values())
      changes.push({ sheet: kind, code: String(row[code]), kind: 'removed', fields: fieldsOf(row, {}) });
  }
  return changes.slice(0, 500);
}

const rowsOf = (value: unknown): Row[] => (Array.isArray(value) ? (value as Row[]) : []);

function fieldsOf(before: Row, after: Row): CatalogueChange['fields'] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => !SILENT.has(field))
    .filter((field) => JSON.stringify(before[field] ?? null) !== JSON.stringify(after[field] ?? null))
    .map((field) => ({ field, from: before[field] ?? null, to: after[field] ?? null }));
}
