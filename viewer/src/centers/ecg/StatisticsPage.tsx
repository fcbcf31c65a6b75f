import { useQuery } from '@tanstack/react-query';
import { Segmented, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { Failed } from '../../shell/states.tsx';

interface Row {
  institutionId: string;
  institutionName: string;
  uploads: number;
  unreadable: number;
  leadOff: number;
  noise: number;
  limbReversal: number;
  saturation: number;
  signed: number;
  medianMinutes: number | null;
  p90Minutes: number | null;
  onTime: number;
  criticalFlags: number;
}

/** Per site: uploads, quality, turnaround. A rate shows nothing where its denominator is 0. */
export default function StatisticsPage() {
  const { t } = useTranslation('ecg');
  const [days, setDays] = useState(30);
  const figures = useQuery({
    queryKey: ['ecg', 'statistics', days],
    queryFn: async () =>
      (
        await get<{ items: Row[] }>(
          `/api/ecg/statistics?from=${encodeURIComponent(new Date(Date.now() - days * 86_400_000).toISOString())}&to=${encodeURIComponent(new Date().toISOString())}`,
        )
      ).items,
  });
  if (figures.isError) return <Failed error={figures.error} retry={() => void figures.refetch()} />;
  const share = (part: number, whole: number): string =>
    whole > 0 ? `${part} (${Math.round((100 * part) / whole)}%)` : '—';
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('nav.statistics')}</h1>
      <Segmented
        value={days}
        onChange={(value) => setDays(Number(value))}
        options={[1, 7, 30, 90].map((value) => ({ value, label: t('statistics.days', { n: value }) }))}
        style={{ marginBottom: 8 }}
      />
      <Table
        size="small"
        rowKey="institutionId"
        loading={figures.isPending}
        dataSource={figures.data ?? []}
        pagination={false}
        scroll={{ x: 'max-content' }}
        columns={[
          { title: t('statistics.site'), dataIndex: 'institutionName' },
          { title: t('statistics.uploads'), dataIndex: 'uploads', align: 'right' },
          { title: t('statistics.unreadable'), dataIndex: 'unreadable', align: 'right' },
          {
            title: t('quality.lead-off'),
            align: 'right',
            render: (_, row) => share(row.leadOff, row.uploads),
          },
          { title: t('quality.noise'), align: 'right', render: (_, row) => share(row.noise, row.uploads) },
          {
            title: t('quality.limb-reversal'),
            align: 'right',
            render: (_, row) => share(row.limbReversal, row.uploads),
          },
          {
            title: t('quality.saturation'),
            align: 'right',
            render: (_, row) => share(row.saturation, row.uploads),
          },
          { title: t('statistics.critical'), dataIndex: 'criticalFlags', align: 'right' },
          { title: t('statistics.signed'), dataIndex: 'signed', align: 'right' },
          { title: t('statistics.median'), align: 'right', render: (_, row) => row.medianMinutes ?? '—' },
          { title: t('statistics.p90'), align: 'right', render: (_, row) => row.p90Minutes ?? '—' },
          {
            title: t('statistics.onTime'),
            align: 'right',
            render: (_, row) => share(row.onTime, row.signed),
          },
        ]}
      />
      <p className="hub-quiet">{t('statistics.how')}</p>
    </div>
  );
}
