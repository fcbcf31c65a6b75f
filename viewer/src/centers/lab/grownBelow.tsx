import type { TableProps } from 'antd';
import { Organisms } from './Organisms.tsx';
import type { Organism } from './types.ts';

/** What a culture grew always stands open under its row, so that nobody signs or reads past it. */
export function grownBelow<Row extends { code: string }>(
  of: (row: Row) => Organism[] | null | undefined,
): NonNullable<TableProps<Row>['expandable']> {
  return {
    defaultExpandAllRows: true,
    showExpandColumn: false,
    rowExpandable: (row) => (of(row)?.length ?? 0) > 0,
    expandedRowRender: (row) => <Organisms organisms={of(row) ?? []} />,
  };
}
