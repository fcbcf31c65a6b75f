import { Segmented, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { useEarlier, useRecording, useTrace } from './api.ts';
import { BeatChart } from './measure/BeatChart.tsx';
import { BeatGrid } from './measure/BeatGrid.tsx';
import { twoDigits } from './measure/twoDigits.ts';
import { valueRows } from './measure/ValuesTable.tsx';
import { Paper } from './paper/Paper.tsx';
import { usePaperView } from './paper/usePaperView.ts';
import type { Recording } from './types.ts';

const ways = ['over', 'beside', 'overlay', 'side'] as const;
type How = (typeof ways)[number];

/** Serial comparison with any earlier recording of the patient in the county: side by side, overlaid, differences. */
export function ComparePane({ recording, orderId }: { recording: Recording; orderId: string }) {
  const { t } = useTranslation('ecg');
  const earlier = useEarlier(orderId);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const [how, setHow] = useState<How>('over');
  const [lead, setLead] = useState('II');
  const id = chosen ?? earlier.data?.find((entry) => entry.durationMs <= 60_000)?.id ?? earlier.data?.[0]?.id;
  const other = useRecording(id);
  if (earlier.isError) return <Failed error={earlier.error} retry={() => void earlier.refetch()} />;
  if (!earlier.data) return <Loading rows={6} />;
  if (earlier.data.length === 0) return <Empty text={t('compare.none')} />;
  const beat = recording.automatic?.medianBeat;
  const before = other.data?.automatic?.medianBeat;
  const names = beat?.leads.map((entry) => entry.name) ?? [];
  const first = earlier.data.find((entry) => entry.id === id);
  return (
    <div className="ecg-scroll ecg-compare">
      <div className="hub-row" style={{ flexWrap: 'wrap' }}>
        <Select
          size="small"
          aria-label={t('compare.with')}
          value={id}
          onChange={setChosen}
          style={{ minWidth: 280 }}
          options={earlier.data.map((entry) => ({
            value: entry.id,
            label: `${entry.acquiredAt?.replace('T', ' ') ?? dateTime(entry.receivedAt)} · ${entry.institutionName} · ${entry.accessionNumber}`,
          }))}
        />
        <Segmented
          size="small"
          value={how}
          onChange={setHow}
          options={ways.map((value) => ({ value, label: t(`compare.${value}`) }))}
        />
        {how === 'overlay' && (
          <Select
            size="small"
            aria-label={t('median.lead')}
            value={names.includes(lead) ? lead : (names[0] ?? '')}
            onChange={setLead}
            options={names.map((value) => ({ value, label: value }))}
            style={{ width: 84 }}
          />
        )}
      </div>
      {first?.impression && (
        <p className="hub-prewrap">{t('compare.impression', { text: first.impression })}</p>
      )}
      {(how === 'over' || how === 'beside') && beat && before && (
        <div className="ecg-median">
          <BeatGrid now={beat} before={before} how={how} />
          <p className="hub-quiet">{t('compare.legend')}</p>
        </div>
      )}
      {how !== 'side' && other.data && !(beat && before) && (
        <p className="hub-quiet">{t('compare.noBeat')}</p>
      )}
      {how === 'overlay' && beat && before && (
        <div className="ecg-median">
          <BeatChart
            beat={beat}
            shown={[names.includes(lead) ? lead : (names[0] ?? '')]}
            marks={beat.fiducials}
            earlier={before}
          />
          <p className="hub-quiet">{t('compare.legend')}</p>
        </div>
      )}
      {how === 'side' && other.data && (
        <>
          <SmallPaper recording={recording} title={t('compare.now')} />
          <SmallPaper recording={other.data} title={t('compare.before')} />
        </>
      )}
      {other.data && <StDifferences now={recording} before={other.data} />}
      {other.data && <Differences now={recording} before={other.data} />}
    </div>
  );
}

function SmallPaper({ recording, title }: { recording: Recording; title: string }) {
  const [view] = usePaperView();
  const long = recording.durationMs > 60_000;
  const trace = useTrace(
    recording.id,
    long ? { from: 0, to: Math.round(recording.samplingRateHz * 10) } : {},
  );
  const [offset, setOffset] = useState(0);
  const derived = useMemo(
    () => new Set(recording.leads.filter((lead) => lead.derived).map((lead) => lead.name)),
    [recording],
  );
  if (!trace.data) return <Loading rows={4} />;
  return (
    <section aria-label={title}>
      <strong>
        {title} · {recording.acquiredAt?.replace('T', ' ') ?? dateTime(recording.receivedAt)}
      </strong>
      <div style={{ display: 'flex', height: 400, flex: 'none' }}>
        <Paper
          trace={trace.data}
          view={{ ...view, layout: '3x4+1' }}
          derived={derived}
          caliper="off"
          offset={offset}
          pan={setOffset}
          label={title}
        />
      </div>
    </section>
  );
}

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
function StDifferences({ now, before }: { now: Recording; before: Recording }) {
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

function Differences({ now, before }: { now: Recording; before: Recording }) {
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
