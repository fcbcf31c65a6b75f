import type { Transaction } from '../../core/database.ts';
import { invalid } from '../../core/errors.ts';

interface Cell {
  sample: string;
  testCode: string;
}

export const cellKey = (cell: Cell): string => `${cell.testCode} ${cell.sample}`;

/** Refuses (`invalid`) values of a sample or test that the round does not have. */
export async function requireCells(
  trx: Transaction,
  roundId: string,
  path: string,
  cells: Cell[],
): Promise<void> {
  const rows = await trx
    .selectFrom('labEqaResult')
    .select(['sample', 'testCode'])
    .where('roundId', '=', roundId)
    .execute();
  const known = new Set(rows.map(cellKey));
  const unknown = cells.map(cellKey).filter((key) => !known.has(key));
  if (unknown.length > 0)
    throw invalid(`not in this round: ${unknown.join(', ')}`, [
      {
        path,
        code: 'unknown-sample',
        params: { cells: unknown.join(', ') },
      },
    ]);
}
