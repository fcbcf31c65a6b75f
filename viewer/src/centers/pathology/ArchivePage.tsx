import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
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
        <DatePicker.RangePicker
          value={[form.from ? dayjs(form.from) : null, form.to ? dayjs(form.to) : null]}
          allowEmpty={[true, true]}
          placeholder={[t('archive.from'), t('archive.to')]}
          onChange={(_, text) => setForm({ ...form, from: text[0] || null, to: text[1] || null })}
        />
        <Button type="primary" onClick={() => setAsked(form)}>
          {t('archive.search')}
        </Button>
      </div>
      {page.isError ? (
        <Failed error={page.error} retry={() => void page.refetch()} />
      ) : (
        <ListTable<Row>
          name="pathology-archive"
          rowKey="orderId"
          searchable={false}
          rows={page.data?.pages.flatMap(({ items }) => items) ?? []}
          exportRows={async () => {
            const rows: Row[] = [];
            let cursor: string | null = '';
            while (cursor !== null && rows.length < 5000) {
              const part: { items: Row[]; nextCursor: string | null } = await get(
                `/api/pathology/archive${query({ ...asked, cursor, limit: 200 })}`,
              );
              rows.push(...part.items);
              cursor = part.nextCursor;
            }
            return rows;
          }}
          empty={page.isPending ? t('shell:loading') : t('archive.empty')}
          columns={[
            {
              title: t('bench.number'),
              text: (row) => row.pathologyNumber ?? row.accessionNumber,
              render: (row) => (
                <Link to={`/orders/${row.orderId}`}>{row.pathologyNumber ?? row.accessionNumber}</Link>
              ),
            },
            { title: t('archive.kind'), text: (row) => t(`kind.${row.kind}`) },
            { person: true, title: t('bench.patient'), text: (row) => row.patientName },
            { title: t('bench.site'), text: (row) => row.institutionName },
            {
              title: t('archive.site'),
              text: (row) => row.sites,
              render: (row) => <div className="path-cell">{row.sites}</div>,
            },
            {
              title: t('archive.diagnosis'),
              text: (row) => row.diagnosis,
              render: (row) => <div className="path-cell path-cell-wide">{row.diagnosis}</div>,
            },
            { title: t('archive.signed'), text: (row) => dateTime(row.signedAt) },
          ]}
        />
      )}
      {page.hasNextPage && <Button onClick={() => void page.fetchNextPage()}>{t('bench.more')}</Button>}
    </div>
  );
}
