import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import type { TownRow } from './useRegulator.ts';

const CENTERS = ['imaging', 'ecg', 'lab', 'pathology', 'sterilization'] as const;

/** Townships × centres: who uses what. A zero is said in words, so that a gap is seen without colour. */
export function TownMatrix({ rows }: { rows: TownRow[] }) {
  const { t } = useTranslation(['quality', 'shell']);
  return (
    <Table<TownRow>
      size="small"
      rowKey="institutionName"
      dataSource={rows}
      pagination={false}
      columns={[
        { title: t('column.site'), dataIndex: 'institutionName' },
        ...CENTERS.map((center) => ({
          title: t(`area.${center}`),
          align: 'right' as const,
          render: (_: unknown, row: TownRow) =>
            row[center] === 0 ? <span className="hub-quiet">{t('regulator.none')}</span> : row[center],
        })),
        { title: t('column.total'), dataIndex: 'orders', align: 'right' },
        {
          title: t('regulator.villages'),
          align: 'right',
          render: (_, row) => (row.kind === 'township' ? `${row.villagesActive} / ${row.villages}` : '—'),
        },
      ]}
    />
  );
}
