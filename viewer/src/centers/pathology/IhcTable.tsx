import { Button, Input, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import type { StainOrder } from './types.ts';

export interface IhcRow {
  marker: string;
  result: string;
  percent?: number;
  block?: string;
}

/** Results of immunohistochemistry and special stains; ordered stains are offered as rows. */
export function IhcTable({
  rows,
  stains,
  editable,
  change,
}: {
  rows: IhcRow[];
  stains: StainOrder[];
  editable: boolean;
  change: (rows: IhcRow[]) => void;
}) {
  const { t } = useTranslation('pathology');
  const missing = stains.filter(
    ({ kind, stain, state }) =>
      ['ihc', 'special', 'molecular'].includes(kind) &&
      state !== 'cancelled' &&
      rows.every(({ marker }) => marker !== stain),
  );
  if (rows.length === 0 && missing.length === 0) return null;
  const set = (at: number, part: Partial<IhcRow>) =>
    change(rows.map((row, n) => (n === at ? { ...row, ...part } : row)));
  return (
    <section className="path-form" aria-label={t('report.ihc')}>
      <span>{t('report.ihc')}</span>
      {rows.map((row, n) => (
        <div className="hub-row" key={row.marker}>
          <strong style={{ width: 80 }}>{row.marker}</strong>
          <Input
            size="small"
            disabled={!editable}
            value={row.result}
            aria-label={`${row.marker} ${t('report.result')}`}
            onChange={(event) => set(n, { result: event.target.value })}
          />
          <InputNumber
            size="small"
            disabled={!editable}
            min={0}
            max={100}
            suffix="%"
            value={row.percent ?? null}
            aria-label={`${row.marker} %`}
            onChange={(percent) => {
              const { marker, result, block } = row;
              const next = { marker, result, ...(block && { block }), ...(percent !== null && { percent }) };
              change(rows.map((each, at) => (at === n ? next : each)));
            }}
          />
          {editable && (
            <Button
              size="small"
              type="text"
              aria-label={t('report.removeRow', { marker: row.marker })}
              onClick={() => change(rows.filter((_row, at) => at !== n))}
            >
              ×
            </Button>
          )}
        </div>
      ))}
      {editable && missing.length > 0 && (
        <div className="hub-row" style={{ flexWrap: 'wrap' }}>
          {missing.map(({ id, stain, block }) => (
            <Button
              key={id}
              size="small"
              onClick={() => change([...rows, { marker: stain, result: '', ...(block && { block }) }])}
            >
              + {stain}
            </Button>
          ))}
        </div>
      )}
    </section>
  );
}
