import { useInfiniteQuery } from '@tanstack/react-query';
import { Segmented, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../../api/client.ts';
import { ExportButton } from '../../../shell/ExportButton.tsx';
import { dateTime } from '../../../shell/format.ts';
import { Failed } from '../../../shell/states.tsx';
import type { CaseRow } from '../types.ts';
import { MoreButton } from '../../../shell/MoreButton.tsx';

export const SHOWN = ['all', 'true', 'false'] as const;
export type Shown = (typeof SHOWN)[number];

interface Props {
  code: string;
  better: 'up' | 'down';
  link: string;
  site: string | undefined;
  shown: Shown;
  onShown: (shown: Shown) => void;
}

/** The cases behind a figure, newest first, page after page. Where less is better, being counted is what went wrong. */
export function IndicatorCases({ code, better, link, site, shown, onShown }: Props) {
  const { t } = useTranslation(['quality', 'shell']);
  const word = better === 'up' ? 'met' : 'hit';
  const title = t(better === 'up' ? 'column.met' : 'indicator.happened');
  const cases = useInfiniteQuery({
    queryKey: ['quality', code, 'cases', link, site, shown],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      get<{ items: CaseRow[]; nextCursor: string | null }>(
        `/api/quality/indicators/${code}/cases?${link}${shown === 'all' ? '' : `&met=${shown}`}${site ? `&institutionId=${site}` : ''}${pageParam && `&cursor=${encodeURIComponent(pageParam)}`}`,
        signal,
      ),
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });
  const rows = cases.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <div className="hub-bar">
        <h2 className="hub-subtitle">{t('cases')}</h2>
        <Segmented
          value={shown}
          onChange={onShown}
          options={SHOWN.map((value) => ({ value, label: t(`${word}.${value}`) }))}
        />
        <span className="hub-grow" />
        <ExportButton
          name={code}
          rows={rows}
          columns={[
            { title: t('shell:column.accession'), text: (row: CaseRow) => row.accessionNumber },
            { title: t('shell:column.institution'), text: (row) => row.institutionName },
            { title: t('column.item'), text: (row) => row.itemName },
            { title: t('column.at'), text: (row) => dateTime(row.at) },
            { title, text: (row) => t(`${word}.${row.met}`) },
          ]}
        />
      </div>
      {cases.isError ? (
        <Failed error={cases.error} retry={() => void cases.refetch()} />
      ) : (
        <>
          <Table<CaseRow>
            size="small"
            loading={cases.isPending}
            rowKey={(row) => `${row.orderId ?? ''}${row.at}${row.institutionName}`}
            dataSource={rows}
            pagination={false}
            locale={{ emptyText: cases.isPending ? ' ' : t('noCases') }}
            columns={[
              {
                title: t('shell:column.accession'),
                render: (_, row) =>
                  row.orderId ? <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link> : '—',
              },
              { title: t('shell:column.patient'), render: (_, row) => row.patientName ?? '—' },
              { title: t('shell:column.institution'), dataIndex: 'institutionName' },
              { title: t('column.item'), render: (_, row) => row.itemName ?? '—' },
              { title: t('column.at'), render: (_, row) => dateTime(row.at) },
              {
                title,
                render: (_, row) => (
                  <span className={row.met === (better === 'up') ? '' : 'hub-tone-breach'}>
                    {t(`${word}.${row.met}`)}
                  </span>
                ),
              },
            ]}
          />
          <MoreButton list={cases} />
        </>
      )}
    </>
  );
}
