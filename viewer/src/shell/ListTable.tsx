import { Input, Table, type TableProps } from 'antd';
import { isValidElement, useMemo, useState, type Key, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ExportButton } from './ExportButton.tsx';
import { opensRow } from './opensRow.ts';

type Cell = string | number | null | undefined;

/** One column: what is searched, sorted and exported is `text`, else the words that `render` shows. No title: controls only. */
export interface ListColumn<T> {
  title: string;
  text?: (row: T) => Cell;
  /** Names a patient, see ExportColumn. */
  person?: boolean;
  render?: (row: T) => ReactNode;
  /** Sorted by this where the words do not stand in order: a time, a duration. */
  sortBy?: (row: T) => Cell;
  align?: 'right' | 'center';
  width?: number;
  /** Stays in sight while the others scroll. */
  fixed?: 'right';
  /** Text wider than this wraps. */
  wrap?: number;
}

interface Props<T> {
  /** Name of the exported file and sheet. */
  name: string;
  rowKey: keyof T & string;
  rows: readonly T[];
  columns: ListColumn<T>[];
  /** What will stand here and what to do. */
  empty: string;
  heading?: ReactNode;
  /** Between heading and export: buttons, filters. */
  extra?: ReactNode;
  /** False where the page asks the hub with its own search field. */
  searchable?: boolean;
  /** How many rows the hub holds, said when `rows` are only the first of them. */
  total?: number | undefined;
  /** Rows to export when the hub holds more than is shown. */
  exportRows?: () => Promise<readonly T[]>;
  selection?: { keys: readonly string[]; onChange: (keys: string[]) => void; disabled?: (row: T) => boolean };
  /** A click on the row, but not on what stands in it to be clicked. */
  onOpen?: (row: T) => void;
  expand?: { render: (row: T) => ReactNode; openAll?: boolean };
  pageSize?: number;
}

const compare = (a: Cell, b: Cell) =>
  typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(a ?? '').localeCompare(String(b ?? ''), 'zh-Hans-CN', { numeric: true });

/** The words of what is shown; a component without children says nothing here and needs `text`. */
function plainText(node: ReactNode): string {
  if (typeof node === 'string' || typeof node === 'number') return String(node);
  if (Array.isArray(node)) return node.map((child: ReactNode) => plainText(child)).join('');
  if (isValidElement<{ children?: ReactNode }>(node)) return plainText(node.props.children);
  return '';
}

function cellOf<T>({ title, text, render }: ListColumn<T>): ((row: T) => Cell) | undefined {
  if (text) return text;
  return title !== '' && render ? (row) => plainText(render(row)).trim() : undefined;
}

/** A list with search over what it shows, sorting by every column and export of the rows found. */
export function ListTable<T extends object>(props: Props<T>) {
  const { name, rows, columns, selection, onOpen, searchable = true, pageSize = 100 } = props;
  const total = Math.max(props.total ?? 0, rows.length);
  const { t } = useTranslation('shell');
  const [q, setQ] = useState('');
  const words = q.trim().toLowerCase();
  const found = useMemo(
    () =>
      words === ''
        ? rows
        : rows.filter((row) =>
            columns.some((column) =>
              String(cellOf(column)?.(row) ?? '')
                .toLowerCase()
                .includes(words),
            ),
          ),
    [rows, columns, words],
  );
  const shown: TableProps<T>['columns'] = columns.map((column, index) => {
    const { title, render, align, width, fixed, wrap } = column;
    const text = cellOf(column);
    const order = column.sortBy ?? text;
    return {
      key: `${index} ${title}`,
      title,
      ...(align && { align }),
      ...(width && { width }),
      ...(fixed && { fixed }),
      ...(order && { sorter: (a: T, b: T) => compare(order(a), order(b)) }),
      render: (_: unknown, row: T) => {
        const shows = render ? render(row) : (text?.(row) ?? '');
        return wrap ? (
          <div className="hub-list-wrap" style={{ maxWidth: wrap }}>
            {shows}
          </div>
        ) : (
          shows
        );
      },
    };
  });
  const exported = columns.flatMap((column) => {
    const text = cellOf(column);
    return text ? [{ title: column.title, text, ...(column.person && { person: true }) }] : [];
  });
  return (
    <div className="hub-list">
      <div className="hub-bar hub-list-bar">
        {props.heading && <h2 className="hub-title">{props.heading}</h2>}
        {searchable && rows.length > 5 && (
          <Input.Search
            style={{ width: 220 }}
            allowClear
            value={q}
            placeholder={t('list.search')}
            aria-label={t('list.searchIn', { name: props.heading ?? name })}
            onChange={(event) => setQ(event.target.value)}
          />
        )}
        {rows.length > 0 && (
          <span className="hub-quiet" role="status">
            {words === ''
              ? total > rows.length
                ? t('list.first', { n: rows.length, of: total })
                : t('list.count', { n: rows.length })
              : t('list.found', { n: found.length, of: rows.length })}
          </span>
        )}
        <span className="hub-grow" />
        {props.extra}
        {rows.length > 0 && (
          <ExportButton
            name={name}
            columns={exported}
            rows={words === '' && props.exportRows ? props.exportRows : found}
          />
        )}
      </div>
      <Table<T>
        size="small"
        rowKey={props.rowKey}
        pagination={found.length > pageSize ? { pageSize, showSizeChanger: false, size: 'small' } : false}
        dataSource={found}
        columns={shown}
        scroll={{ x: 'max-content' }}
        locale={{ emptyText: words === '' ? props.empty : t('list.none', { q }) }}
        showSorterTooltip={false}
        {...(selection && {
          rowSelection: {
            selectedRowKeys: [...selection.keys],
            onChange: (keys: Key[]) => selection.onChange(keys.map(String)),
            ...(selection.disabled && {
              getCheckboxProps: (row: T) => ({ disabled: selection.disabled?.(row) ?? false }),
            }),
          },
        })}
        {...(props.expand && {
          expandable: {
            expandedRowRender: props.expand.render,
            defaultExpandAllRows: props.expand.openAll ?? false,
          },
        })}
        {...(onOpen && {
          onRow: (row: T) => ({
            onClick: (event) => {
              if (opensRow(event)) onOpen(row);
            },
            style: { cursor: 'pointer' },
          }),
        })}
      />
    </div>
  );
}
