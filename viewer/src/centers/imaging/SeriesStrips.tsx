import { useTranslation } from 'react-i18next';
import type { Rendering } from '../../panes/cornerstone/engine.ts';
import { SeriesStrip } from './SeriesStrip.tsx';
import type { RoomLayout } from './useLayout.ts';
import type { LoadedSeries } from './useStudies.ts';

interface Props {
  rendering: Rendering;
  today: readonly LoadedSeries[];
  prior: readonly LoadedSeries[];
  /** Null while no prior is open. */
  priorDate: string | null;
  room: RoomLayout;
}

/** Series of today and of the prior that is open beside them. */
export function SeriesStrips({ rendering, today, prior, priorDate, room }: Props) {
  const { t } = useTranslation('imaging');
  const shown = room.shown.filter((id) => id !== undefined);
  const activeSet = room.shown[room.active];
  return (
    <div className="hub-reading-strip">
      {rendering.mode !== 'gpu' && <div className="hub-tools-note">{t(`rendering.${rendering.mode}`)}</div>}
      <SeriesStrip
        series={today}
        shown={shown}
        activeSet={activeSet}
        onChoose={(id) => room.put(room.active, id)}
      />
      {priorDate !== null && (
        <SeriesStrip
          title={t('priorOf', { date: priorDate })}
          series={prior}
          shown={shown}
          activeSet={activeSet}
          onChoose={(id) => room.put(Math.min(room.count - 1, room.active + 1), id)}
        />
      )}
    </div>
  );
}
