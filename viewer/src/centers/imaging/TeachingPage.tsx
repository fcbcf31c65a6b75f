import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable, type ListColumn } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';

interface TeachingCase {
  id: string;
  orderId: string;
  accessionNumber: string;
  itemName: string;
  note: string | null;
  markedByName: string;
  markedAt: string;
  impression: string | null;
}

/** Cases that readers marked for teaching, without the names of patients. */
export default function TeachingPage() {
  const { t } = useTranslation('imaging');
  const list = useQuery({
    queryKey: ['imaging', 'teaching'],
    queryFn: () => get<{ items: TeachingCase[] }>('/api/imaging/teaching'),
  });
  const columns: ListColumn<TeachingCase>[] = [
    {
      title: t('teaching.case'),
      text: (row) => row.accessionNumber,
      render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
    },
    { title: t('teaching.item'), text: (row) => row.itemName },
    { title: t('teaching.points'), text: (row) => row.note, wrap: 320 },
    { title: t('teaching.impression'), text: (row) => row.impression, wrap: 320 },
    { title: t('teaching.by'), text: (row) => row.markedByName },
    { title: t('teaching.at'), text: (row) => dateTime(row.markedAt) },
  ];
  return (
    <div className="hub-page hub-scroll">
      {list.isPending && <Loading rows={6} />}
      {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data && (
        <ListTable<TeachingCase>
          name={t('teaching.nav')}
          heading={<h1 className="hub-title">{t('teaching.nav')}</h1>}
          rowKey="id"
          rows={list.data.items}
          columns={columns}
          empty={t('teaching.empty')}
        />
      )}
    </div>
  );
}
