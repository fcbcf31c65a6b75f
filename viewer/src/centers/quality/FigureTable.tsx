import { Table } from 'antd';
import type { ReactNode } from 'react';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { Failed } from '../../shell/states.tsx';

export interface FigureColumn<T> {
  title: string;
  /** Plain text: for sorting, export and, without `render`, for the cell. */
  text: (row: T) => string | number | null;
  render?: (row: T) => ReactNode;
  number?: boolean;
  /** Names a patient, see ExportColumn. */
  person?: boolean;
  /** Stays in sight at the right edge however wide the table is. */
  pinned?: boolean;
  width?: number;
}

interface Props<T> {
  title: string;
  rows: readonly T[] | undefined;
  columns: FigureColumn<T>[];
  rowKey: (row: T) => string;
  empty: string;
  loading?: boolean;
  error?: unknown;
  retry?: () => void;
  extra?: ReactNode;
}

/** A table of figures or cases: sorted by any column, exported as it stands, with its empty and error states. */
export function FigureTable<T extends object>(props: Props<T>) {
  const { title, rows, columns, rowKey, empty, loading, error, retry, extra } = props;
  return (
    <section aria-label={title}>
      <div className="hub-bar">
        <h2 className="hub-subtitle">{title}</h2>
        <span className="hub-grow" />
        {extra}
        <ExportButton name={title} rows={rows ?? []} columns={columns} />
      </div>
      {error ? (
        <Failed error={error} {...(retry && { retry })} />
      ) : (
        <Table<T>
          size="small"
          rowKey={rowKey}
          dataSource={[...(rows ?? [])]}
          loading={loading ?? rows === undefined}
          pagination={(rows?.length ?? 0) > 50 ? { pageSize: 50, showSizeChanger: false } : false}
          locale={{ emptyText: rows ? empty : ' ' }}
          scroll={{ x: 'max-content' }}
          columns={columns.map((column) => ({
            key: column.title,
            title: column.title,
            ...(column.number && { align: 'right' as const }),
            ...(column.width && { width: column.width }),
            ...(column.pinned && { fixed: 'right' as const }),
            sorter: (a: T, b: T) => compare(column.text(a), column.text(b)),
            render: (_: unknown, row: T) => (column.render ? column.render(row) : (column.text(row) ?? '—')),
          }))}
        />
      )}
    </section>
  );
}

function compare(a: string | number | null, b: string | number | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  return typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'zh-CN');
}
