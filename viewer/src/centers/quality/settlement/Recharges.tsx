import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, query } from '../../../api/client.ts';
import { dateTime } from '../../../shell/format.ts';
import { FigureTable } from '../FigureTable.tsx';

interface Recharged {
  at: string;
  amount: number | null;
  reference: string | null;
  itemName: string;
  institutionName: string;
  adoptedAt: string;
  sourceOrderId: string | null;
  sourceAccessionNumber: string;
  platformName: string | null;
}

const sourceOf = ({ platformName, sourceAccessionNumber }: Recharged): string =>
  [platformName, sourceAccessionNumber].filter(Boolean).join(' ');

/** Adopted items that were charged all the same. */
export function Recharges({ from, to }: { from: string; to: string }) {
  const { t } = useTranslation(['quality', 'shell']);
  const recharged = useQuery({
    queryKey: ['settlement', 'recharged', from, to],
    queryFn: () => get<{ items: Recharged[] }>(`/api/settlement/recharged${query({ from, to })}`),
  });
  return (
    <FigureTable<Recharged>
      title={t('settlement.recharged')}
      rows={recharged.data?.items}
      error={recharged.error}
      rowKey={(row) => row.at + row.reference}
      empty={t('settlement.noRecharged')}
      columns={[
        { title: t('column.at'), text: (row) => dateTime(row.at) },
        { title: t('column.site'), text: (row) => row.institutionName },
        { title: t('column.item'), text: (row) => row.itemName },
        { title: t('settlement.gross'), number: true, text: (row) => row.amount },
        { title: t('settlement.reference'), text: (row) => row.reference },
        {
          title: t('settlement.adopted'),
          text: (row) => `${dateTime(row.adoptedAt)} ${sourceOf(row)}`,
          render: (row) => (
            <>
              {dateTime(row.adoptedAt)}{' '}
              {row.sourceOrderId ? (
                <Link to={`/orders/${row.sourceOrderId}`}>{sourceOf(row)}</Link>
              ) : (
                sourceOf(row)
              )}
            </>
          ),
        },
      ]}
    />
  );
}
