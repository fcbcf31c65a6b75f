import { DatePicker, Table } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Failed, Loading } from '../../shell/states.tsx';
import { useLab } from './useLab.ts';

interface Row {
  instrument: string;
  testCode: string;
  testName: string;
  level: number;
  lot: string;
  n: number;
  mean: number;
  sd: number | null;
  cvPercent: number | null;
  biasPercent: number | null;
  sigma: number | null;
  cvOut: boolean;
  warnings: number;
  rejected: number;
}
const fixed = (value: number | null, digits: number) => (value === null ? '—' : value.toFixed(digits));

/** A month of control: imprecision, bias, sigma and what was out of control. */
export function QualitySummary() {
  const { t } = useTranslation('lab');
  const [month, setMonth] = useState(() => dayjs().format('YYYY-MM'));
  const rows = useLab<{ items: Row[] }>(`lab/qc/summary?month=${month}`);
  return (
    <>
      <DatePicker
        picker="month"
        allowClear={false}
        value={dayjs(`${month}-01`)}
        onChange={(value) => value && setMonth(value.format('YYYY-MM'))}
        aria-label={t('qc.month')}
      />
      {rows.isPending ? (
        <Loading />
      ) : rows.isError ? (
        <Failed error={rows.error} />
      ) : (
        <Table
          size="small"
          rowKey={(row) => `${row.instrument} ${row.testCode} ${row.level} ${row.lot}`}
          pagination={false}
          dataSource={rows.data.items}
          columns={[
            { title: t('col.instrument'), dataIndex: 'instrument' },
            { title: t('col.test'), dataIndex: 'testName' },
            { title: t('qc.levelWord'), dataIndex: 'level', align: 'right' },
            { title: 'n', dataIndex: 'n', align: 'right' },
            { title: t('qc.mean'), align: 'right', render: (_, row) => fixed(row.mean, 3) },
            { title: 'SD', align: 'right', render: (_, row) => fixed(row.sd, 3) },
            {
              title: 'CV %',
              align: 'right',
              render: (_, row) => (
                <span className={row.cvOut ? 'hub-tone-breach' : ''}>
                  {fixed(row.cvPercent, 2)}
                  {row.cvOut ? ` ${t('qc.over')}` : ''}
                </span>
              ),
            },
            { title: t('qc.bias'), align: 'right', render: (_, row) => fixed(row.biasPercent, 2) },
            {
              title: 'σ',
              align: 'right',
              render: (_, row) => (
                <span className={row.sigma !== null && row.sigma < 3 ? 'hub-tone-warn' : ''}>
                  {fixed(row.sigma, 1)}
                </span>
              ),
            },
            { title: t('verdict.warning'), dataIndex: 'warnings', align: 'right' },
            { title: t('verdict.rejected'), dataIndex: 'rejected', align: 'right' },
          ]}
        />
      )}
    </>
  );
}
