import { Drawer, Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { Failed, Loading } from '../../shell/states.tsx';
import { useLab } from './useLab.ts';

const SPANS = ['waiting', 'transport', 'measuring', 'verifying', 'total'] as const;

type Case = Record<(typeof SPANS)[number], number | null> & {
  orderId: string;
  accessionNumber: string;
  itemName: string;
  patientName: string;
  institutionName: string;
};

/** The cases behind one bar of the turnaround chart, those that took longest first. */
export function TurnaroundCases({
  query,
  title,
  onClose,
}: {
  query: string;
  title: string;
  onClose: () => void;
}) {
  const { t } = useTranslation('lab');
  const cases = useLab<{ items: Case[] }>(`lab/turnaround/cases?${query}`);
  return (
    <Drawer
      open
      size={900}
      title={`${title} · ${t('turnaround.cases')} (${t('turnaround.minutes')})`}
      onClose={onClose}
    >
      {cases.isPending ? (
        <Loading />
      ) : cases.isError ? (
        <Failed error={cases.error} retry={() => void cases.refetch()} />
      ) : (
        <Table
          size="small"
          rowKey="orderId"
          pagination={false}
          dataSource={cases.data.items}
          columns={[
            {
              title: t('col.accession'),
              render: (_, row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
            },
            { title: t('col.patient'), dataIndex: 'patientName' },
            { title: t('col.items'), dataIndex: 'itemName' },
            { title: t('col.site'), dataIndex: 'institutionName' },
            ...SPANS.map((span) => ({
              title: t(`span.${span}`),
              align: 'right' as const,
              sorter: (a: Case, b: Case) => (a[span] ?? -1) - (b[span] ?? -1),
              render: (_: unknown, row: Case) => row[span] ?? '—',
            })),
          ]}
        />
      )}
    </Drawer>
  );
}
