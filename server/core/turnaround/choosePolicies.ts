import type { OrderPriority, CenterKind } from '../../../db/types.ts';
import type { Queryable } from '../database.ts';

interface Case {
  centerKind: CenterKind;
  itemClass: string;
  priority: OrderPriority;
  flags: string[];
}

/**
 * Ids of the policies in force for a case. Policies with the same kind, start and stop are one family, of which the
 * most specific wins: a flag before a priority before an item class.
 */
export async function choosePolicies(db: Queryable, order: Case, at: Date): Promise<string[]> {
  const rows = await db
    .selectFrom('turnaroundPolicy')
    .select(['id', 'kind', 'startEvent', 'stopEvent', 'itemClass', 'priority', 'flag'])
    .where('centerKind', '=', order.centerKind)
    .where('validFrom', '<=', at)
    .where((eb) => eb.or([eb('validTo', 'is', null), eb('validTo', '>', at)]))
    .where((eb) => eb.or([eb('itemClass', 'is', null), eb('itemClass', '=', order.itemClass)]))
    .where((eb) => eb.or([eb('priority', 'is', null), eb('priority', '=', order.priority)]))
    .orderBy('code')
    .execute();
  const best = new Map<string, { id: string; weight: number }>();
  for (const row of rows) {
    if (row.flag && !order.flags.includes(row.flag)) continue;
    const weight = (row.flag ? 4 : 0) + (row.priority ? 2 : 0) + (row.itemClass ? 1 : 0);
    const family = `${row.kind} ${row.startEvent} ${row.stopEvent}`;
    const known = best.get(family);
    if (!known || weight > known.weight) best.set(family, { id: row.id, weight });
  }
  return [...best.values()].map((policy) => policy.id);
}
