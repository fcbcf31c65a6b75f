import { useTranslation } from 'react-i18next';
import { Chart } from '../../shell/Chart.tsx';
import { chartTime, dateTime } from '../../shell/format.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { TubeLine } from './TubeLine.tsx';
import type { Tube } from './types.ts';
import { useLab } from './useLab.ts';

interface WayAnswer extends Tube {
  steps: {
    id: number;
    kind: string;
    at: string;
    actorName: string;
    institutionName: string | null;
    detail: Record<string, unknown>;
  }[];
  temperatures: { at: string; celsius: number }[];
}

const TROUBLE = new Set(['rejected', 'missing', 'extra']);
const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Every step of a tube on one timeline, with the time between the steps and the temperature of its box. */
export function Way({ barcode, head = false }: { barcode: string; head?: boolean }) {
  const { t } = useTranslation('lab');
  const way = useLab<WayAnswer>(`lab/containers/${encodeURIComponent(barcode)}`);
  if (way.isPending) return <Loading rows={2} />;
  if (way.isError) return <Failed error={way.error} retry={() => void way.refetch()} />;
  const { steps, temperatures } = way.data;
  const values = temperatures.map((one) => one.celsius);
  return (
    <div className="lab-stack">
      {head && <TubeLine tube={way.data} />}
      <ol className="lab-way">
        {steps.map((step, index) => {
          const before = steps[index - 1];
          const minutes = before ? Math.round((Date.parse(step.at) - Date.parse(before.at)) / 60_000) : 0;
          return (
            <li key={step.id} className={TROUBLE.has(step.kind) ? 'lab-way-bad' : ''}>
              <span className="hub-num">{dateTime(step.at)}</span>
              <b>{t(`step.${step.kind}`, { defaultValue: step.kind })}</b>
              <span>
                {step.actorName} {step.institutionName ?? ''}
              </span>
              <span className="hub-quiet">
                {[step.detail.box, step.detail.seal, step.detail.reason, step.detail.note, step.detail.rack]
                  .map(word)
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              {minutes > 0 && (
                <span className="hub-quiet hub-num">
                  {minutes >= 120
                    ? t('hours', { n: (minutes / 60).toFixed(1) })
                    : t('minutes', { n: minutes })}
                </span>
              )}
            </li>
          );
        })}
      </ol>
      {values.length > 0 && (
        <>
          <p className="hub-quiet">
            {t('temperature', { low: Math.min(...values), high: Math.max(...values), n: values.length })}
          </p>
          {head && (
            <Chart
              title={t('box.temperature')}
              height={180}
              option={{
                xAxis: { type: 'time' },
                yAxis: { type: 'value', scale: true, name: '℃' },
                tooltip: { trigger: 'axis' },
                series: [{ type: 'line', data: temperatures.map((one) => [chartTime(one.at), one.celsius]) }],
              }}
              table={{
                columns: [t('col.at'), '℃'],
                rows: temperatures.map((one) => [dateTime(one.at), one.celsius]),
              }}
            />
          )}
        </>
      )}
    </div>
  );
}
