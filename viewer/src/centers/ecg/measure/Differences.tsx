import { useTranslation } from 'react-i18next';
import type { Recording } from '../types.ts';
import { twoDigits } from './twoDigits.ts';
import { valueRows } from './ValuesTable.tsx';

/** Differences beyond usual day-to-day change are marked by weight and a sign, not by colour alone. */
const remarkable: Partial<Record<string, number>> = {
  heartRateBpm: 20,
  prMs: 20,
  qrsMs: 12,
  qtMs: 40,
  qtcBazettMs: 30,
  qtcFridericiaMs: 30,
  qtcFraminghamMs: 30,
  qtcHodgesMs: 30,
  qrsAxisDegrees: 30,
  tAxisDegrees: 45,
};

const sign = (change: number): string => (change > 0 ? ' ▲' : ' ▼');

/** A shift of the ST level from which it is marked. */
const remarkableMillivolt = 0.1;

/** ST level of every lead that both recordings have: what a new infarction changes first. */
export function StDifferences({ now, before }: { now: Recording; before: Recording }) {
  const { t } = useTranslation('ecg');
  const rows = (now.automatic?.leads ?? []).flatMap((lead) => {
    const earlier = before.automatic?.leads.find((each) => each.name === lead.name);
    return earlier ? [{ name: lead.name, now: lead, before: earlier }] : [];
  });
  if (rows.length === 0) return null;
  const points = ['stJMicrovolt', 'stJ60Microvolt'] as const;
  const words = { stJMicrovolt: 'J', stJ60Microvolt: 'J+60' };
  return (
    <table className="ecg-values">
      <caption className="hub-quiet">{t('compare.st')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('values.lead')}</th>
          {points.flatMap((point) =>
            (['before', 'now', 'change'] as const).map((which) => (
              <th scope="col" key={`${point}.${which}`}>
                {words[point]} {t(`compare.${which}`)}
              </th>
            )),
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <td>{row.name}</td>
            {points.flatMap((point) => {
              const a = row.before[point] / 1000;
              const b = row.now[point] / 1000;
              const change = Number((b - a).toFixed(2));
              const large = Math.abs(change) >= remarkableMillivolt;
              return [
                <td key={`${point}.before`}>{twoDigits(a)}</td>,
                <td key={`${point}.now`}>{twoDigits(b)}</td>,
                <td key={`${point}.change`} className={large ? 'ecg-changed' : ''}>
                  {change > 0 ? '+' : ''}
                  {twoDigits(change)}
                  {large ? sign(change) : ''}
                </td>,
              ];
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The values of both recordings and what changed. */
export function Differences({ now, before }: { now: Recording; before: Recording }) {
  const { t } = useTranslation('ecg');
  return (
    <table className="ecg-values">
      <thead>
        <tr>
          <th scope="col">{t('values.item')}</th>
          <th scope="col">{t('compare.before')}</th>
          <th scope="col">{t('compare.now')}</th>
          <th scope="col">{t('compare.change')}</th>
          <th scope="col">{t('values.unit')}</th>
        </tr>
      </thead>
      <tbody>
        {valueRows.slice(0, 12).map(([key, unit]) => {
          const a = before.measurements[key];
          const b = now.measurements[key];
          const change = a === undefined || b === undefined ? undefined : Math.round(b - a);
          const large = change !== undefined && Math.abs(change) >= (remarkable[key] ?? Infinity);
          return (
            <tr key={key}>
              <td>{t(`value.${key}`)}</td>
              <td>{a === undefined ? '—' : Math.round(a)}</td>
              <td>{b === undefined ? '—' : Math.round(b)}</td>
              <td className={large ? 'ecg-changed' : ''}>
                {change === undefined ? '—' : `${change > 0 ? '+' : ''}${change}`}
                {large ? sign(change) : ''}
              </td>
              <td>{unit}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
