import { useQuery } from '@tanstack/react-query';
import { Input, Table } from 'antd';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { getAll } from '../../api/getAll.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { Failed } from '../../shell/states.tsx';

export interface AdminColumn<T> {
  key: string;
  title: string;
  width?: number;
  /** Text wider than this wraps. */
  wrap?: number;
  text: (row: T) => string;
  render?: (row: T) => ReactNode;
}

interface Props<T> {
  name: string;
  queryKey: readonly unknown[];
  path: string;
  rowKey: keyof T & string;
  columns: AdminColumn<T>[];
  /** Beside the search: what can be added. */
  actions?: ReactNode;
  rowActions?: (row: T) => ReactNode;
  filter?: (row: T) => boolean;
}

/** Figures inside the words stand in their own order: 60 before 120 minutes. */
const byWords = new Intl.Collator('zh-Hans-CN', { numeric: true }).compare;

/** One bounded list of administration: search, sorting, export, and what can be done with a row. */
export function AdminList<T extends object>({
  name,
  queryKey,
  path,
  rowKey,
  columns,
  actions,
  rowActions,
  filter,
}: Props<T>) {
  const { t } = useTranslation(['admin', 'shell']);
  const [text, setText] = useState('');
  const list = useQuery({ queryKey, queryFn: () => getAll<T>(path) });
  const rows = useMemo(() => {
    const wanted = text.trim().toLowerCase();
    return (list.data ?? []).filter(
      (row) =>
        (!filter || filter(row)) &&
        (!wanted || columns.some((column) => column.text(row).toLowerCase().includes(wanted))),
    );
  }, [list.data, text, filter, columns]);
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <div className="hub-admin-list">
      <div className="hub-bar">
        <Input
          allowClear
          placeholder={t('find')}
          aria-label={t('find')}
          value={text}
          onChange={(event) => setText(event.target.value)}
          style={{ width: 220 }}
        />
        {list.data && <span className="hub-quiet">{t('rows', { n: rows.length })}</span>}
        <span className="hub-grow" />
        {actions}
        <ExportButton
          name={name}
          columns={columns.map((column) => ({ title: column.title, text: column.text }))}
          rows={rows}
        />
      </div>
      <Table<T>
        size="small"
        rowKey={rowKey}
        loading={list.isPending}
        dataSource={rows}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false, size: 'small' }}
        locale={{ emptyText: list.isPending ? ' ' : t('nothing') }}
        scroll={{ x: 'max-content' }}
        columns={[
          ...columns.map((column) => ({
            key: column.key,
            title: column.title,
            ...(column.width ? { width: column.width } : {}),
            sorter: (a: T, b: T) => byWords(column.text(a), column.text(b)),
            showSorterTooltip: false,
            render: (_: unknown, row: T) => {
              const shown = column.render ? column.render(row) : column.text(row);
              return column.wrap ? <div style={{ maxWidth: column.wrap }}>{shown}</div> : shown;
            },
          })),
          ...(rowActions
            ? [
                {
                  key: 'acts',
                  title: <span className="hub-hidden">{t('acts')}</span>,
                  fixed: 'right' as const,
                  render: (_: unknown, row: T) => <span className="hub-row">{rowActions(row)}</span>,
                },
              ]
            : []),
        ]}
      />
    </div>
  );
}
