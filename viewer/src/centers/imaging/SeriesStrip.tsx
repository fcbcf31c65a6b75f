import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { instancePath, type DisplaySet } from '../../panes/study/displaySets.ts';
import type { LoadedSeries } from './useStudies.ts';

interface Props {
  series: readonly LoadedSeries[];
  shown: readonly string[];
  activeSet: string | undefined;
  /** Heading of a prior study; none for today's. */
  title?: string;
  onChoose: (setId: string) => void;
}

/** Addresses of a small picture of a set, the cheapest first: of a whole series the hub has one ready. */
function picturesOf(set: DisplaySet, series: LoadedSeries): string[] {
  const middle = set.instances[Math.floor(set.instances.length / 2)] ?? set.instances[0];
  if (set.imageIds.length === 0 || !middle) return [];
  const ready = series.thumbnail && series.sets?.length === 1;
  return [
    ...(ready ? [`/api/imaging/series/${series.seriesUid}/thumbnail`] : []),
    `${instancePath(middle)}/rendered?viewport=96,96`,
  ];
}

function Thumbnail({
  set,
  series,
  shown,
  active,
  onChoose,
}: {
  set: DisplaySet;
  series: LoadedSeries;
  shown: boolean;
  active: boolean;
  onChoose: () => void;
}) {
  const { t } = useTranslation('imaging');
  const [failed, setFailed] = useState(0);
  const picture = picturesOf(set, series)[failed];
  const count = set.imageIds.length;
  const label = `${set.modality} ${set.seriesNumber} ${set.description} ${count > 0 ? t('images', { n: count }) : ''}`;
  return (
    <button
      type="button"
      className={`hub-thumb ${shown ? 'is-shown' : ''} ${active ? 'is-active' : ''}`}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.setData('application/x-display-set', set.id);
        // The frame of a document would take the drop for itself.
        document.body.classList.add('is-dragging-series');
      }}
      onDragEnd={() => document.body.classList.remove('is-dragging-series')}
      onClick={onChoose}

      aria-pressed={shown}
      title={label}
    >
      {picture ? (
        <img
          src={picture}
          alt=""
          loading="lazy"
          width={84}
          height={84}
          draggable={false}
          onError={() => setFailed(failed + 1)}
        />
      ) : (
        <span className="hub-thumb-text">{t(`kinds.${set.kind}`)}</span>
      )}
      <span className="hub-thumb-line">
        {set.seriesNumber} {set.description || set.modality}
      </span>
      {count > 0 && <span className="hub-thumb-count">{set.kind === 'cine' ? `▶ ${count}` : count}</span>}
    </button>
  );
}

/** All display sets of a study; click shows one in the active viewport, drag puts it anywhere. */
export function SeriesStrip({ series, shown, activeSet, title, onChoose }: Props) {
  const { t } = useTranslation('imaging');
  return (
    <div className="hub-strip-series" role="group" aria-label={title ?? t('series')}>
      {title && <div className="hub-thumb-title">{title}</div>}
      {series.map((each) =>
        each.sets === null ? (
          <div key={each.seriesUid} className="hub-thumb is-waiting">
            <span className="hub-thumb-text">
              {each.error ? t('seriesFailed') : `${each.modality} ${each.instances}`}
            </span>
          </div>
        ) : (
          each.sets.map((set) => (
            <Thumbnail
              key={set.id}
              set={set}
              series={each}
              shown={shown.includes(set.id)}
              active={set.id === activeSet}
              onChoose={() => onChoose(set.id)}
            />
          ))
        ),
      )}
    </div>
  );
}
