import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Input, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { Failed } from '../../shell/states.tsx';
import './pathology.css';

interface Row {
  orderId: string;
  accessionNumber: string;
  pathologyNumber: string | null;
  kind: string;
  patientName: string | null;
  institutionName: string;
  diagnosis: string;
  sites: string;
  signedAt: string;
}

/** The archive of signed reports: diagnosis, site, code, free text. */
export default function ArchivePage() {
  const { t } = useTranslation(['pathology', 'shell']);
  const [form, setForm] = useState<Record<string, string | null>>({});
  const [asked, setAsked] = useState<Record<string, string | null>>({});
  const page = useInfiniteQuery({
    queryKey: ['pathology', 'archive', asked],
    queryFn: ({ pageParam }) =>
      get<{ items: Row[]; nextCursor: string | null }>(
        `/api/pathology/archive${query({ ...asked, cursor: pageParam, limit: 50 })}`,
      ),
    initialPageParam: '',
    getNextPageParam: (last) => last.nextCursor,
  });
  const field = (name: string) => (
    <Input
      allowClear
      value={form[name] ?? ''}
      aria-label={t(`archive.${name}`)}
      placeholder={t(`archive.${name}`)}
      style={{ width: 170 }}
      onChange={(event) => setForm({ ...form, [name]: event.target.value })}
      onPressEnter={() => setAsked(form)}
    />
  );
  return (
    <div className="path-page">
      <div className="hub-row" style={{ flexWrap: 'wrap' }}>
        {field('diagnosis')}
        {field('site')}
        {field('code')}
        {field('q')}
        <Select
          allowClear
          aria-label={t('archive.kind')}
          placeholder={t('archive.kind')}
          style={{ width: 120 }}
          value={form.kind ?? null}
          options={['histology', 'frozen', 'cytology', 'consultation'].map((value) => ({
            value,
            label: t(`kind.${value}`),
          }))}
          onChange={(kind: string | undefined) => setForm({ ...form, kind: kind ?? null })}
        />
        <input
          type="date"
          aria-label={t('archive.from')}
          value={form.from ?? ''}
          onChange={(event) => setForm({ ...form, from: event.target.value })}
        />
        <input
          type="date"
          aria-label={t('archive.to')}
          value={form.to ?? ''}
          onChange={(event) => setForm({ ...form, to: event.target.value })}
        />
        <Button type="primary" onClick={() => setAsked(form)}>
          {t('archive.search')}
        </Button>
      </div>
      {page.isError ? (
        <Failed error={page.error} retry={() => void page.refetch()} />
      ) : (
        <Table<Row>
          size="small"
          rowKey="orderId"
          loading={page.isPending}
          pagination={false}
          dataSource={page.data?.pages.flatMap(({ items }) => items) ?? []}
          locale={{ emptyText: t('archive.empty') }}
          columns={[
            {
              title: t('bench.number'),
              render: (_, row) => (
                <Link to={`/orders/${row.orderId}`}>{row.pathologyNumber ?? row.accessionNumber}</Link>
              ),
            },
            { title: t('archive.kind'), render: (_, row) => t(`kind.${row.kind}`) },
            { title: t('bench.patient'), dataIndex: 'patientName' },
            { title: t('bench.site'), dataIndex: 'institutionName' },
            { title: t('archive.site'), dataIndex: 'sites' },
            { title: t('archive.diagnosis'), dataIndex: 'diagnosis' },
            { title: t('archive.signed'), className: 'hub-num', render: (_, row) => dateTime(row.signedAt) },
          ]}
        />
      )}
      {page.hasNextPage && <Button onClick={() => void page.fetchNextPage()}>{t('bench.more')}</Button>}
    </div>
  );
}
