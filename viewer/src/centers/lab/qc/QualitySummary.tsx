import { Button, DatePicker, Table } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ExportButton } from '../../../shell/ExportButton.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { useLab } from '../useLab.ts';

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
const fixed = (value: number | null, digits: number) =>
  value === null ? '—' : value.toFixed(digits).replace(/^-(0(?:\.0+)?)$/, '$1');
/** Four significant digits: a mean of 0.0147 keeps its figures beside one of 140.9. */
const figures = (value: number | null) => (value === null ? '—' : String(Number(value.toPrecision(4))));

/** A month of control: imprecision, bias, sigma and what was out of control. */
export function QualitySummary() {
  const { t } = useTranslation('lab');
  const [month, setMonth] = useState(() => dayjs().format('YYYY-MM'));
  const rows = useLab<{ items: Row[] }>(`lab/qc/summary?month=${month}`);
  return (
    <div className="lab-stack">
      <div className="hub-bar">
        <DatePicker
          picker="month"
          allowClear={false}
          value={dayjs(`${month}-01`)}
          onChange={(value) => value && setMonth(value.format('YYYY-MM'))}
          aria-label={t('qc.month')}
        />
        <span className="hub-grow" />
        <Button disabled={!rows.data?.items.length} onClick={() => window.print()}>
          {t('cumulative.print')}
        </Button>
        {rows.data && (
          <ExportButton
            name={`${t('qc.view.month')} ${month}`}
            rows={rows.data.items}
            columns={[
              { title: t('col.instrument'), text: (row) => row.instrument },
              { title: t('col.code'), text: (row) => row.testCode },
              { title: t('col.test'), text: (row) => row.testName },
              { title: t('qc.levelWord'), text: (row) => row.level },
              { title: t('qc.lot'), text: (row) => row.lot },
              { title: 'n', text: (row) => row.n },
              { title: t('qc.mean'), text: (row) => figures(row.mean) },
              { title: 'SD', text: (row) => figures(row.sd) },
              { title: 'CV %', text: (row) => fixed(row.cvPercent, 2) },
              { title: t('qc.bias'), text: (row) => fixed(row.biasPercent, 2) },
              { title: 'σ', text: (row) => fixed(row.sigma, 1) },
              { title: t('verdict.warning'), text: (row) => row.warnings },
              { title: t('verdict.rejected'), text: (row) => row.rejected },
            ]}
          />
        )}
      </div>
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
            { title: t('qc.lot'), dataIndex: 'lot' },
            { title: 'n', dataIndex: 'n', align: 'right' },
            { title: t('qc.mean'), align: 'right', render: (_, row) => figures(row.mean) },
            { title: 'SD', align: 'right', render: (_, row) => figures(row.sd) },
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
    </div>
  );
}
