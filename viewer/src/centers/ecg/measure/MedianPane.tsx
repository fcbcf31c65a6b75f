import { App, Button, Select, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { may } from '../../../shell/access.ts';
import { errorText } from '../../../shell/states.tsx';
import { useSession } from '../../../shell/session.tsx';
import type { Fiducials, Recording } from '../types.ts';
import { intervalsOf, markKeys, tTangent, type MarkKey } from './beatGeometry.ts';
import { BeatChart } from './BeatChart.tsx';

/** Median beat of all leads or one, marks to move, QT by tangent; saved corrections keep the automatic values beside. */
export function MedianPane({ recording, reload }: { recording: Recording; reload: () => void }) {
  const { t } = useTranslation(['ecg', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const beat = recording.automatic?.medianBeat;
  const start = recording.corrections[0]?.fiducials ?? beat?.fiducials;
  const [marks, setMarks] = useState<Fiducials | undefined>(start);
  const [lead, setLead] = useState('all');
  const [active, setActive] = useState<MarkKey>('tOffMs');
  const [saving, setSaving] = useState(false);
  if (!beat || !marks || !start) return null;
  const editable = may(session, 'report.write');
  const changed = markKeys.some((key) => marks[key] !== start[key]);
  const values = intervalsOf(marks, recording.measurements.heartRateBpm);
  const save = async () => {
    setSaving(true);
    try {
      await post(`/api/ecg/recordings/${recording.id}/corrections`, { fiducials: marks });
      void message.success(t('ecg:median.saved'));
      reload();
    } catch (error) {
      void message.error(errorText(error, t));
    } finally {
      setSaving(false);
    }
  };
  const tangent = lead === 'all' ? undefined : tTangent(beat, lead, marks);
  return (
    <div className="ecg-scroll ecg-median">
      <Space wrap style={{ marginBottom: 6 }}>
        <Select
          size="small"
          aria-label={t('ecg:median.lead')}
          value={lead}
          onChange={setLead}
          style={{ width: 110 }}
          options={[
            { value: 'all', label: t('ecg:median.all') },
            ...beat.leads.map((entry) => ({ value: entry.name, label: entry.name })),
          ]}
        />
        <Select
          size="small"
          aria-label={t('ecg:median.mark')}
          value={active}
          onChange={setActive}
          style={{ width: 120 }}
          options={markKeys.map((key) => ({ value: key, label: t(`ecg:mark.${key}`) }))}
        />
        {editable && tangent && (
          <Button size="small" onClick={() => setMarks({ ...marks, tOffMs: tangent.endMs })}>
            {t('ecg:median.tangentEnd')}
          </Button>
        )}
        <span className="hub-quiet">{t('ecg:median.used', { n: beat.beatsUsed })}</span>
        {editable && (
          <>
            <Button
              size="small"
              type="primary"
              disabled={!changed}
              loading={saving}
              onClick={() => void save()}
            >
              {t('ecg:median.save')}
            </Button>
            <Button size="small" disabled={!changed} onClick={() => setMarks(start)}>
              {t('ecg:median.undo')}
            </Button>
          </>
        )}
      </Space>
      <BeatChart
        beat={beat}
        shown={lead === 'all' ? beat.leads.map((entry) => entry.name) : [lead]}
        marks={marks}
        active={active}
        tangent={tangent}
        {...(editable && {
          move: (key: MarkKey, ms: number) => setMarks({ ...marks, [key]: ms }),
          choose: setActive,
        })}
      />
      <p className="hub-num">
        {(['pMs', 'prMs', 'qrsMs', 'qtMs', 'qtcBazettMs', 'qtcFridericiaMs'] as const).map((key) => (
          <span key={key} style={{ marginRight: 14 }}>
            {t(`ecg:value.${key}`)}{' '}
            <strong className={changed ? 'ecg-changed' : ''}>
              {values[key] === undefined ? '—' : Math.round(values[key] ?? 0)}
            </strong>{' '}
            ms
          </span>
        ))}
        {tangent && (
          <span>
            {t('ecg:median.tangentQt', { lead })} <strong>{tangent.endMs - Math.round(marks.qrsOnMs)}</strong>{' '}
            ms
          </span>
        )}
      </p>
      <p className="hub-quiet">{t('ecg:median.how')}</p>
    </div>
  );
}
