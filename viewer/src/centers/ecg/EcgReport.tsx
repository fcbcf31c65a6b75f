import { useTranslation } from 'react-i18next';
import type { CasePaneProps } from '../contract.ts';
import { ReportPane } from '../../shell/ReportPane.tsx';
import { useRecording } from './api.ts';
import { contradictsNormal } from './flagDetail.ts';
import { StatementPicker } from './StatementPicker.tsx';
import type { Recording, RecordingSummary, Values } from './types.ts';

/** Right half: the shell's report with the statement library, measurements and the machine's words to take over. */
export default function EcgReport({ order, reload }: CasePaneProps) {
  const { t } = useTranslation('ecg');
  const recordings = (order.input?.recordings ?? []) as RecordingSummary[];
  const recording = useRecording(recordings[0]?.id);
  const critical = (recording.data?.flags ?? []).filter((flag) => flag.tier === 'critical');
  const openCritical = critical.filter((flag) => flag.state === 'open').length;
  return (
    <ReportPane
      order={order}
      reload={reload}
      modality="ECG"
      criticalFound={critical.some((flag) => flag.state === 'confirmed')}
      blockSign={openCritical > 0 ? t('decideFirst', { n: openCritical }) : null}
      fields={(content, change, editable) =>
        editable ? (
          <StatementPicker
            notNormal={contradictsNormal(recording.data?.flags ?? [])}
            content={content}
            change={change}
            measurements={() => sentence(recording.data, t)}
            machine={recording.data?.machine.statements ?? []}
          />
        ) : null
      }
      insertions={[
        {
          key: 'measurements',
          label: t('insert.measurements'),
          text: () => sentence(recording.data, t),
          shortcut: 'alt+m',
        },
        {
          key: 'machine',
          label: t('insert.machine'),
          text: () => (recording.data?.machine.statements ?? []).join('\n'),
        },
      ]}
    />
  );
}

/** The measurements that count now, as a sentence for the findings. */
export function sentence(recording: Recording | undefined, t: (key: string) => string): string {
  if (!recording) return '';
  const values: Values = recording.measurements;
  const part = (key: keyof Values, unit: string): string =>
    values[key] === undefined ? '' : `${t(`value.${key}`)} ${Math.round(values[key] ?? 0)}${unit}`;
  return [
    part('heartRateBpm', ' bpm'),
    part('prMs', ' ms'),
    part('qrsMs', ' ms'),
    part('qtMs', ' ms'),
    part('qtcBazettMs', ' ms'),
    part('qrsAxisDegrees', '°'),
  ]
    .filter(Boolean)
    .join(',');
}
