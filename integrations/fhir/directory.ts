import type { Queryable } from '../../server/core/database.ts';
import type { Resource } from './resources.ts';
import { SYSTEM } from './systems.ts';

export type DirectoryType = 'Organization' | 'Practitioner';
const UUID = /^[0-9a-f-]{36}$/;
const MOST = 200;

/** Institutions and staff by id, code or licence number, or the beginning of the name. */
export async function searchDirectory(
  db: Queryable,
  type: DirectoryType,
  query: Record<string, string | undefined>,
): Promise<Resource[]> {
  if (query._id !== undefined && !UUID.test(query._id)) return [];
  const limit = Math.min(MOST, Math.max(1, Number(query._count ?? 50) || 50));
  const identifier = query.identifier?.split('|').at(-1);
  const name = query.name === undefined ? undefined : `${query.name.replace(/[\\%_]/g, '\\$&')}%`;
  if (type === 'Organization') {
    let rows = db.selectFrom('institution').select(['id', 'active', 'code', 'name', 'parentId']).orderBy('code').limit(limit); // prettier-ignore
    if (query._id) rows = rows.where('id', '=', query._id);
    if (identifier) rows = rows.where('code', '=', identifier);
    if (name) rows = rows.where('name', 'like', name);
    return (await rows.execute()).map((row) => ({
      resourceType: 'Organization',
      id: row.id,
      active: row.active,
      identifier: [{ system: SYSTEM.institution, value: row.code }],
      name: row.name,
      ...(row.parentId && { partOf: { reference: `Organization/${row.parentId}` } }),
    }));
  }
  let rows = db.selectFrom('staff').select(['id', 'name', 'title', 'active', 'licenceNumber']).orderBy('name').orderBy('id').limit(limit); // prettier-ignore
  if (query._id) rows = rows.where('id', '=', query._id);
  if (identifier) rows = rows.where('licenceNumber', '=', identifier);
  if (name) rows = rows.where('name', 'like', name);
  return (await rows.execute()).map((row) => ({
    resourceType: 'Practitioner',
    id: row.id,
    active: row.active,
    name: [{ text: row.name, ...(row.title && { suffix: [row.title] }) }],
    ...(row.licenceNumber && {
      qualification: [{ identifier: [{ value: row.licenceNumber }], code: { text: '医师执业证书' } }],
    }),
  }));
}
