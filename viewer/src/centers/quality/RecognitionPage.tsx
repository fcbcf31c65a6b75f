import { useQuery } from '@tanstack/react-query';
import { Table } from 'antd';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { ExportButton } from '../../shell/ExportButton.tsx';
import { Failed } from '../../shell/states.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { percent } from './types.ts';
import { useSpan } from './useSpan.ts';

interface Row {
  institutionName: string;
  prompts: number;
  adopted: number;
  repeated: number;
  undecided: number;
  rate: number | null;
  saving: number;
}
interface Item {
  itemCode: string;
  name: string;
  nameEn: string;
  centerKind: string;
  eligible: boolean;
  exceptionNote: string | null;
  validityDays: number;
  price: number | null;
}

/** Recognition: prompts and adoptions by site with the frozen savings, and the catalogue with validity and exceptions. */
export default function RecognitionPage() {
  const { t, i18n } = useTranslation(['quality', 'shell']);
  const [span, setSpan, link] = useSpan();
  const figures = useQuery({
    queryKey: ['recognition', 'figures', span],
    queryFn: () => get<{ items: Row[] }>(`/api/recognition/figures?${link}`),
  });
  const items = useQuery({
    queryKey: ['recognition', 'items'],
    queryFn: () => get<{ items: Item[] }>('/api/recognition/items'),
  });
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.recognition')}</h1>
        <span className="hub-grow" />
        <SpanPicker span={span} onChange={setSpan} />
        <ExportButton
          name={t('nav.recognition')}
          rows={figures.data?.items ?? []}
          columns={[
            { title: t('column.site'), text: (row: Row) => row.institutionName },
            { title: t('column.prompts'), text: (row) => String(row.prompts) },
            { title: t('column.adopted'), text: (row) => String(row.adopted) },
            { title: t('column.repeated'), text: (row) => String(row.repeated) },
            { title: t('column.saving'), text: (row) => row.saving.toFixed(2) },
          ]}
        />
      </div>
      <p className="hub-quiet">{t('recognitionFormula')}</p>
      {figures.isError ? (
        <Failed error={figures.error} retry={() => void figures.refetch()} />
      ) : (
        <Table<Row>
          size="small"
          rowKey="institutionName"
          dataSource={figures.data?.items ?? []}
          loading={figures.isPending}
          pagination={false}
          locale={{ emptyText: t('noPrompts') }}
          columns={[
            { title: t('column.site'), dataIndex: 'institutionName' },
            { title: t('column.prompts'), dataIndex: 'prompts', align: 'right' },
            { title: t('column.adopted'), dataIndex: 'adopted', align: 'right' },
            { title: t('column.repeated'), dataIndex: 'repeated', align: 'right' },
            { title: t('column.undecided'), dataIndex: 'undecided', align: 'right' },
            { title: t('column.rate'), align: 'right', render: (_, row) => percent(row.rate) },
            { title: t('column.saving'), align: 'right', render: (_, row) => row.saving.toFixed(2) },
          ]}
        />
      )}
      <h2 className="hub-subtitle">{t('recognitionCatalogue')}</h2>
      {items.isError ? (
        <Failed error={items.error} retry={() => void items.refetch()} />
      ) : (
        <Table<Item>
          size="small"
          rowKey="itemCode"
          dataSource={items.data?.items ?? []}
          loading={items.isPending}
          pagination={false}
          columns={[
            { title: t('column.center'), render: (_, row) => t(`area.${row.centerKind}`) },
            {
              title: t('column.item'),
              render: (_, row) => `${i18n.language === 'en-US' ? row.nameEn : row.name} ${row.itemCode}`,
            },
            {
              title: t('column.validity'),
              align: 'right',
              render: (_, row) => t('days', { n: row.validityDays }),
            },
            {
              title: t('column.eligible'),
              render: (_, row) =>
                row.eligible ? t('eligible') : `${t('exception')}:${row.exceptionNote ?? ''}`,
            },
            { title: t('column.price'), align: 'right', render: (_, row) => row.price?.toFixed(2) ?? '—' },
          ]}
        />
      )}
    </div>
  );
}
