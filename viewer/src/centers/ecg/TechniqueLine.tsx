import { useTranslation } from 'react-i18next';
import { clock } from './strip/clock.ts';
import type { Recording } from './types.ts';

/** How the recording was made, and what must be known before trusting it. */
export function TechniqueLine({ recording }: { recording: Recording }) {
  const { t } = useTranslation('ecg');
  const { filters, device } = recording;
  const marks = (recording.automatic?.quality ?? []).map(
    (mark) => `${t(`quality.${mark.kind}`)}${mark.lead ? ` ${mark.lead}` : ''}`,
  );
  const notes = recording.notes
    .filter((note) => note.code !== 'leads-derived' && note.code !== 'limb-leads-reconstructed')
    .map((note) => `${t(`note.${note.code}`)}${note.detail ? ` (${note.detail})` : ''}`);
  // of DICOM it is the UID of a class
  const version = recording.format === 'dicom' ? '' : recording.formatVersion;
  const filter = [
    filters.highPassHz !== undefined && `${filters.highPassHz}`,
    filters.lowPassHz !== undefined && `${filters.lowPassHz} Hz`,
  ]
    .filter(Boolean)
    .join('–');
  return (
    <div className="ecg-technique">
      {[device.manufacturer, device.model].filter(Boolean).join(' ') || t('deviceUnknown')} ·{' '}
      {t(`format.${recording.format}`)} {version} · {recording.samplingRateHz} Hz · {t('deviceFilter')}{' '}
      {filter || t('unknown')}
      {filters.notchHz ? ` · ${t('deviceNotch', { hz: filters.notchHz })}` : ''} ·{' '}
      {recording.durationMs > 600_000
        ? clock(recording.durationMs)
        : `${(recording.durationMs / 1000).toFixed(1)} s`}
      {recording.synthetic && <strong> · {t('synthetic')}</strong>}
      {[...new Set([...marks, ...notes])].length > 0 && (
        <strong> · {[...new Set([...marks, ...notes])].join(' · ')}</strong>
      )}
    </div>
  );
}
