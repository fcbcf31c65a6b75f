import { useTranslation } from 'react-i18next';
import { dateTime } from '../../../shell/format.ts';
import { CorrectionHistory } from './CorrectionHistory.tsx';
import { twoDigits } from './twoDigits.ts';
import type { MeasurementKey, Recording, Values } from '../types.ts';

export const valueRows: [MeasurementKey, string][] = [
  ['heartRateBpm', 'bpm'],
  ['pMs', 'ms'],
  ['prMs', 'ms'],
  ['qrsMs', 'ms'],
  ['qtMs', 'ms'],
  ['qtcBazettMs', 'ms'],
  ['qtcFridericiaMs', 'ms'],
  ['qtcFraminghamMs', 'ms'],
  ['qtcHodgesMs', 'ms'],
  ['pAxisDegrees', '°'],
  ['qrsAxisDegrees', '°'],
  ['tAxisDegrees', '°'],
  ['rrMinimumMs', 'ms'],
  ['rrMaximumMs', 'ms'],
  ['sdnnMs', 'ms'],
  ['rmssdMs', 'ms'],
  ['pnn50Percent', '%'],
];

const show = (value: number | undefined): string => (value === undefined ? '—' : String(Math.round(value)));

/** Corrected, automatic and the machine's values side by side, then amplitudes and ST by lead. */
export function ValuesTable({ recording }: { recording: Recording }) {
  const { t } = useTranslation('ecg');
  const automatic = recording.automatic?.measurements ?? {};
  const correction = recording.corrections[0];
  const machine: Values = { ...recording.machine.measurements };
  if (machine.qtcMs !== undefined) machine.qtcBazettMs = machine.qtcMs;
  return (
    <>
      <p className="hub-quiet">{t('automaticLabel')}</p>
      <table className="ecg-values">
        <thead>
          <tr>
            <th scope="col">{t('values.item')}</th>
            {correction && (
              <th scope="col">
                {t('values.corrected', { who: correction.correctedBy, at: dateTime(correction.correctedAt) })}
              </th>
            )}
            <th scope="col">{t('values.automatic')}</th>
            <th scope="col">{t('values.machine')}</th>
            <th scope="col">{t('values.unit')}</th>
          </tr>
        </thead>
        <tbody>
          {valueRows.map(([key, unit]) => (
            <tr key={key}>
              <td>{t(`value.${key}`)}</td>
              {correction && (
                <td className={correction.measurements[key] !== automatic[key] ? 'ecg-changed' : ''}>
                  {show(correction.measurements[key])}
                </td>
              )}
              <td>{show(automatic[key])}</td>
              <td>{show(machine[key])}</td>
              <td>{unit}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <CorrectionHistory recording={recording} />
      {recording.machine.statements.length > 0 && (
        <>
          <h3>{t('values.machineSays')}</h3>
          <ul>
            {recording.machine.statements.map((statement) => (
              <li key={statement}>{statement}</li>
            ))}
          </ul>
        </>
      )}
      {(recording.automatic?.leads.length ?? 0) > 0 && (
        <>
          <h3>{t('values.byLead')}</h3>
          <table className="ecg-values">
            <thead>
              <tr>
                <th scope="col">{t('values.lead')}</th>
                {['P', 'Q', 'R', 'S', 'T', 'J', 'J+60', 'J+80'].map((name) => (
                  <th scope="col" key={name}>
                    {name} mV
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {recording.automatic?.leads.map((lead) => (
                <tr key={lead.name}>
                  <td>{lead.name}</td>
                  {[
                    lead.pMicrovolt,
                    lead.qMicrovolt,
                    lead.rMicrovolt,
                    lead.sMicrovolt,
                    lead.tMicrovolt,
                    lead.stJMicrovolt,
                    lead.stJ60Microvolt,
                    lead.stJ80Microvolt,
                  ].map((value, i) => (
                    <td key={i} className={i >= 5 && Math.abs(value ?? 0) >= 100 ? 'ecg-changed' : ''}>
                      {value === undefined ? '—' : twoDigits(value / 1000)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  );
}
