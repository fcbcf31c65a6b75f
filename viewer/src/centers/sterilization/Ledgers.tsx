import { Button, DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { daysAgo } from './days.ts';
import { useSterilization } from './useSterilization.ts';

const LEDGERS = [
  'sterilization',
  'wash',
  'bowie-dick',
  'biological',
  'dispatch',
  'recall',
  'daily-check',
  'loaner',
  'count',
  'reject',
  'repair',
] as const;

interface Ledger {
  title: string;
  columns: string[];
  rows: string[][];
}

/** The books inspectors ask for: looked through, searched, exported here, and printed as PDF in their form. */
export function Ledgers() {
  const { t } = useTranslation('sterilization');
  const [kind, setKind] = useState<(typeof LEDGERS)[number]>('sterilization');
  const [range, setRange] = useState<[string, string]>(() => [daysAgo(29), daysAgo(0)]);
  const path = `ledgers/${kind}?from=${range[0]}&to=${range[1]}`;
  const ledger = useSterilization<Ledger>(`${path}&format=json`, true, false);
  return (
    <section className="hub-panel">
      <div className="hub-bar">
        <h2 className="hub-title">{t('record.ledgers')}</h2>
        <Select
          style={{ width: 180 }}
          value={kind}
          aria-label={t('record.ledgers')}
          onChange={setKind}
          options={LEDGERS.map((value) => ({ value, label: t(`ledger.${value}`) }))}
        />
        <DatePicker.RangePicker
          allowClear={false}
          value={[dayjs(range[0]), dayjs(range[1])]}
          onChange={(_, text) => setRange([text[0], text[1]])}
        />
        <Button type="primary" href={`/api/sterilization/${path}`} target="_blank">
          {t('record.print')}
        </Button>
        <span className="hub-quiet">{t('record.retention')}</span>
      </div>
      {ledger.isPending ? (
        <Loading />
      ) : ledger.isError ? (
        <Failed error={ledger.error} retry={() => void ledger.refetch()} />
      ) : (
        <ListTable<{ key: string; cells: string[] }>
          key={kind}
          name={`ledger-${kind}`}
          rowKey="key"
          pageSize={20}
          rows={ledger.data.rows.map((cells, index) => ({ key: String(index), cells }))}
          empty={t('record.noLedger')}
          columns={ledger.data.columns.map((title, index) => ({
            title,
            text: (row) => row.cells[index],
          }))}
        />
      )}
    </section>
  );
}
