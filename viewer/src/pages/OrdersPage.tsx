import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Select, Table } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { get, query } from '../api/client.ts';
import { centerKinds, type Page, type WorklistRow } from '../api/types.ts';
import { ExportButton } from '../shell/ExportButton.tsx';
import { Failed } from '../shell/states.tsx';
import { useHubEvents } from '../shell/useEvents.ts';
import { useKeys } from '../shell/useKeys.ts';
import { useNow } from '../shell/useNow.ts';
import { worklistColumns } from '../shell/worklist/columns.tsx';
import { MoreButton } from '../shell/MoreButton.tsx';

const statuses = [
  'requested',
  'awaiting-decision',
  'received',
  'claimed',
  'preliminary',
  'partial',
  'final',
  'acknowledged',
  'returned',
  'corrected',
  'cancelled',
  'void',
];

/** All orders of this site, newest first. */
export default function OrdersPage() {
  const { t } = useTranslation('shell');
  const navigate = useNavigate();
  const client = useQueryClient();
  const now = useNow();
  const [search, setSearch] = useSearchParams();
  /** The row in hand, by its order: what is ordered meanwhile stands above it. */
  const [activeId, setActiveId] = useState<string>();
  const filter = { status: search.get('status'), center: search.get('center'), q: search.get('q') };
  const list = useInfiniteQuery({
    queryKey: ['orders', filter],
    queryFn: ({ pageParam }) =>
      get<Page<WorklistRow>>(`/api/orders${query({ ...filter, limit: 50, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor ?? null,
    placeholderData: (previous) => previous,
  });
  useHubEvents((event) => {
    if (event.type.startsWith('order') || event.type === 'reset')
      void client.invalidateQueries({ queryKey: ['orders'] });
  });
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap((page) => page.items), [list.data]);
  const active = Math.max(
    0,
    rows.findIndex((row) => row.orderId === activeId),
  );
  const move = (by: number) =>
    setActiveId(rows[Math.max(0, Math.min(rows.length - 1, active + by))]?.orderId);
  const columns = worklistColumns(t).filter((each) => each.key !== 'institution');
  const set = (key: string, value: string | undefined) => {
    const next = new URLSearchParams(search);
    if (value) next.set(key, value);
    else next.delete(key);
    setSearch(next, { replace: true });
  };
  const open = (row: WorklistRow | undefined) => row && void navigate(`/orders/${row.orderId}`);
  useKeys({
    arrowdown: { label: t('keys.down'), run: () => move(1) },
    arrowup: { label: t('keys.up'), run: () => move(-1) },
    enter: {
      label: t('keys.open'),
      run: (event) => (event.target instanceof HTMLButtonElement ? event.target.click() : open(rows[active])),
    },
    n: { label: t('rail.newOrder'), run: () => void navigate('/orders/new') },
  });
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('rail.orders')}</h1>
        <Select
          aria-label={t('column.status')}
          allowClear
          placeholder={t('column.status')}
          style={{ width: 130 }}
          value={filter.status}
          onChange={(value: string | undefined) => set('status', value)}
          options={statuses.map((value) => ({ value, label: t(`status.${value}`) }))}
        />
        <Select
          aria-label={t('order.center')}
          allowClear
          placeholder={t('order.center')}
          style={{ width: 130 }}
          value={filter.center}
          onChange={(value: string | undefined) => set('center', value)}
          options={centerKinds.map((value) => ({ value, label: t(`center.${value}`) }))}
        />
        <Input.Search
          allowClear
          defaultValue={filter.q ?? ''}
          aria-label={t('filter.search')}
          placeholder={t('filter.search')}
          style={{ width: 220 }}
          onSearch={(value) => set('q', value.trim())}
        />
        <span className="hub-grow" />
        <Button type="primary" onClick={() => void navigate('/orders/new')}>
          {t('rail.newOrder')}
        </Button>
        <ExportButton
          name={t('rail.orders')}
          columns={columns.map((c) => ({
            title: c.title,
            person: c.key === 'patient',
            text: (row: WorklistRow) => c.text(row, now),
          }))}
          rows={rows}
        />
      </div>
      {list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : (
        <div className="hub-scroll">
          <Table<WorklistRow>
            size="small"
            rowKey="orderId"
            loading={list.isPending}
            dataSource={rows}
            pagination={false}
            sticky
            locale={{
              emptyText: t(Object.values(filter).some(Boolean) ? 'worklist.emptyFiltered' : 'order.none'),
            }}
            rowClassName={(_row, index) => (index === active ? 'ant-table-row-selected' : '')}
            onRow={(row) => ({
              onClick: () => setActiveId(row.orderId),
              onDoubleClick: () => open(row),
              style: { cursor: 'default' },
            })}
            columns={[
              ...columns.map((column) => ({
                key: column.key,
                title: column.title,
                ...(column.width ? { width: column.width } : {}),
                ellipsis: true,
                render: (_: unknown, row: WorklistRow) => column.cell(row, now),
              })),
              {
                key: 'open',
                title: <span className="hub-hidden">{t('action.open')}</span>,
                width: 72,
                render: (_: unknown, row: WorklistRow) => (
                  <Button size="small" type="link" onClick={() => open(row)}>
                    {t('action.open')}
                  </Button>
                ),
              },
            ]}
          />
          <MoreButton list={list} />
        </div>
      )}
    </div>
  );
}
