import { Drawer } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ListTable } from '../../shell/ListTable.tsx';
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
  const cases = useLab<{ items: Case[]; total: number }>(`lab/turnaround/cases?${query}`);
  return (
    <Drawer
      open
      size={1020}
      title={`${title} · ${t('turnaround.cases')} (${t('turnaround.minutes')})`}
      onClose={onClose}
    >
      {cases.isPending ? (
        <Loading />
      ) : cases.isError ? (
        <Failed error={cases.error} retry={() => void cases.refetch()} />
      ) : (
        <ListTable<Case>
          name={t('turnaround.cases')}
          rowKey="orderId"
          rows={cases.data.items}
          total={cases.data.total}
          empty={t('turnaround.noCases')}
          columns={[
            {
              title: t('col.accession'),
              text: (row) => row.accessionNumber,
              render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
            },
            { person: true, title: t('col.patient'), text: (row) => row.patientName },
            { title: t('col.items'), width: 140, text: (row) => row.itemName },
            { title: t('col.site'), text: (row) => row.institutionName },
            ...SPANS.map((span) => ({
              title: t(`span.${span}`),
              align: 'right' as const,
              text: (row: Case) => row[span],
              render: (row: Case) => row[span] ?? '—',
            })),
          ]}
        />
      )}
    </Drawer>
  );
}
