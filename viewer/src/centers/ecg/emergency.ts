import type { WorklistRow } from '../../api/types.ts';

const waiting = new Set(['received', 'claimed', 'preliminary', 'returned']);

export function hasChestPain(row: WorklistRow): boolean {
  return Array.isArray(row['flags']) && row['flags'].includes('chest-pain');
}

/** Emergencies with a recording that nobody has signed: chest pain before the others, each group by due time. */
export function laneOrder(rows: readonly WorklistRow[]): WorklistRow[] {
  const due = (row: WorklistRow): number => (row.dueAt ? Date.parse(row.dueAt) : Infinity);
  return rows
    .filter((row) => row.priority === 'emergency' && waiting.has(row.status))
    .sort((a, b) => Number(hasChestPain(b)) - Number(hasChestPain(a)) || due(a) - due(b));
}
