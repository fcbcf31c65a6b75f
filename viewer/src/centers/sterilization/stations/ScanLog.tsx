import { useTranslation } from 'react-i18next';
import { clockTime } from '../../../shell/format.ts';
import type { Station } from './useStation.ts';

/** The last scans with how each went: sign, word and colour. */
export function ScanLog({ station }: { station: Station }) {
  const { t } = useTranslation('sterilization');
  return (
    <aside className="cssd-log" aria-label={t('station.last')}>
      <h2 className="hub-title">{t('station.last')}</h2>
      {station.waiting > 0 && <p className="hub-tone-warn">{t('station.inQueue', { n: station.waiting })}</p>}
      {station.lines.length === 0 && <p className="hub-quiet">{t('station.none')}</p>}
      <ol>
        {station.lines.map((line) => (
          <li key={line.key} className={`cssd-line cssd-line-${line.outcome}`}>
            <span aria-hidden>{line.outcome === 'ok' ? '✓' : line.outcome === 'queued' ? '⧗' : '✗'}</span>
            <div>
              <b>{line.code}</b> <span className="hub-quiet">{clockTime(line.at)}</span>
              <div>{line.text}</div>
            </div>
          </li>
        ))}
      </ol>
    </aside>
  );
}
