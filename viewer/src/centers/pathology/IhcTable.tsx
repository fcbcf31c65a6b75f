import { Button, Input, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { resultWords } from './resultWords.ts';
import type { StainOrder, StainResult } from './types.ts';

export interface IhcRow extends StainResult {
  marker: string;
  block?: string;
}

const rowOf = ({ stain, block, result }: StainOrder): IhcRow => ({
  marker: stain,
  ...(result ?? { result: '' }),
  ...(block && { block }),
});

/**
 * Results of immunohistochemistry, special stains and molecular tests. What was read at the microscope is taken over as
 * it was read; a stain that nobody read yet can be written here too.
 */
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
    ({ kind, stain, state, block }) =>
      ['ihc', 'special', 'molecular'].includes(kind) &&
      state !== 'cancelled' &&
      rows.every((row) => row.marker !== stain || (row.block ?? block) !== block),
  );
  const read = missing.filter(({ result }) => result);
  if (rows.length === 0 && missing.length === 0) return null;
  const set = (at: number, part: Partial<IhcRow>) =>
    change(rows.map((row, n) => (n === at ? { ...row, ...part } : row)));
  return (
    <section className="path-form" aria-label={t('report.ihc')}>
      <span>{t('report.ihc')}</span>
      {rows.map((row, n) => (
        <div className="hub-row" key={`${row.marker} ${row.block ?? ''}`}>
          <span className="path-marker">
            <strong>{row.marker}</strong> <span className="hub-quiet">{row.block}</span>
          </span>
          <Input
            size="small"
            disabled={!editable}
            value={row.result}
            aria-label={`${row.marker} ${t('report.result')}`}
            onChange={(event) => set(n, { result: event.target.value })}
          />
          <InputNumber
            size="small"
            style={{ flex: '0 0 70px' }}
            disabled={!editable}
            min={0}
            max={100}
            suffix="%"
            value={row.percent ?? null}
            aria-label={`${row.marker} %`}
            onChange={(percent) => {
              const { percent: _before, ...rest } = row;
              const next = { ...rest, ...(percent !== null && { percent }) };
              change(rows.map((each, at) => (at === n ? next : each)));
            }}
          />
          <Input
            size="small"
            style={{ flex: '0 0 64px' }}
            disabled={!editable}
            maxLength={20}
            value={row.intensity ?? ''}
            placeholder={t('report.intensity')}
            aria-label={`${row.marker} ${t('report.intensity')}`}
            onChange={(event) => set(n, { intensity: event.target.value })}
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
          {read.length > 1 && (
            <Button size="small" type="primary" onClick={() => change([...rows, ...read.map(rowOf)])}>
              {t('report.takeAll', { count: read.length })}
            </Button>
          )}
          {missing.map((stain) => (
            <Button key={stain.id} size="small" onClick={() => change([...rows, rowOf(stain)])}>
              + {stain.stain} {stain.block} {stain.result && resultWords(stain.result)}
            </Button>
          ))}
        </div>
      )}
    </section>
  );
}
