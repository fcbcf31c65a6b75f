import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm, Segmented } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { get, post, query } from '../api/client.ts';
import type { Page } from '../api/types.ts';
import { dateTime } from '../shell/format.ts';
import { ListTable, type ListColumn } from '../shell/ListTable.tsx';
import { errorText, Failed, Loading } from '../shell/states.tsx';
import { MoreButton } from '../shell/MoreButton.tsx';

interface Referral {
  id: string;
  orderId: string;
  accessionNumber: string;
  patientName: string;
  sex: string;
  birthDate: string | null;
  itemName: string;
  fromName: string;
  toName: string;
  reason: string;
  referredByName: string;
  referredAt: string;
  expiresAt: string;
  endedAt: string | null;
  open: boolean;
}

/** Patients referred to us and by us: whose results we may read, and who may read those of ours. */
export default function ReferralsPage() {
  const { t } = useTranslation(['referral', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const direction = search.get('direction') === 'out' ? 'out' : 'in';
  const state = search.get('state') === 'all' ? 'all' : 'open';
  const put = (name: string, value: string) =>
    setSearch(
      (old) => {
        old.set(name, value);
        return old;
      },
      { replace: true },
    );
  const list = useInfiniteQuery({
    queryKey: ['referrals', direction, state],
    queryFn: ({ pageParam }) =>
      get<Page<Referral>>(`/api/referrals${query({ direction, state, limit: 200, cursor: pageParam })}`),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextCursor ?? null,
  });
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap((page) => page.items), [list.data]);
  const end = async (row: Referral) => {
    try {
      await post(`/api/referrals/${row.id}/end`);
      await client.invalidateQueries({ queryKey: ['referrals'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const columns: ListColumn<Referral>[] = [
    {
      title: t('shell:column.patient'),
      person: true,
      wrap: 150,
      text: (row) => row.patientName,
      render: (row) => `${row.patientName} ${t(`shell:sex.${row.sex}`)} ${row.birthDate ?? ''}`,
    },
    {
      title: t('shell:column.accession'),
      text: (row) => row.accessionNumber,
      render: (row) => (
        <Link to={`/orders/${row.orderId}`} className="hub-num">
          {row.accessionNumber}
        </Link>
      ),
    },
    { title: t('shell:column.item'), text: (row) => row.itemName, wrap: 120 },
    direction === 'in'
      ? { title: t('from'), text: (row) => row.fromName, wrap: 120 }
      : { title: t('to'), text: (row) => row.toName, wrap: 120 },
    { title: t('reason'), text: (row) => row.reason, wrap: 200 },
    { title: t('by'), text: (row) => row.referredByName },
    { title: t('at'), text: (row) => dateTime(row.referredAt), sortBy: (row) => row.referredAt },
    {
      title: t('until'),
      text: (row) =>
        row.endedAt
          ? t('ended', { at: dateTime(row.endedAt) })
          : row.open
            ? dateTime(row.expiresAt)
            : t('expired', { at: dateTime(row.expiresAt) }),
      sortBy: (row) => row.endedAt ?? row.expiresAt,
    },
    {
      title: '',
      width: 80,
      fixed: 'right',
      render: (row) =>
        row.open && (
          <Popconfirm title={t('endConsequence')} onConfirm={() => void end(row)}>
            <Button size="small">{t('end')}</Button>
          </Popconfirm>
        ),
    },
  ];
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('title')}</h1>
        <Segmented
          value={direction}
          onChange={(value) => put('direction', value)}
          options={[
            { value: 'in', label: t('in') },
            { value: 'out', label: t('out') },
          ]}
        />
        <Segmented
          value={state}
          onChange={(value) => put('state', value)}
          options={[
            { value: 'open', label: t('state.open') },
            { value: 'all', label: t('state.all') },
          ]}
        />
      </div>
      {list.isError ? (
        <Failed error={list.error} retry={() => void list.refetch()} />
      ) : list.isPending ? (
        <Loading />
      ) : (
        <>
          <ListTable<Referral>
            name={t(direction)}
            rowKey="id"
            rows={rows}
            columns={columns}
            empty={t(`empty.${direction}`)}
            onOpen={(row) => void navigate(`/orders/${row.orderId}`)}
          />
          <MoreButton list={list} />
        </>
      )}
    </div>
  );
}
