import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DisplaySet } from './study/displaySets.ts';
import { readKeyObjects, type ReferencedImage } from './study/keyObjects.ts';

interface Props {
  set: DisplaySet;
  /** Shows an image in a viewport; false where its series is not among those that are open. */
  onShow?: ((image: ReferencedImage) => boolean) | undefined;
  /** Takes the images over as key images of the report. */
  onTake?: ((images: readonly ReferencedImage[]) => void) | undefined;
}

/** A Key Object Selection: why these images were chosen, and the images themselves. */
export function KeyObjectsView({ set, onShow, onTake }: Props) {
  const { t, i18n } = useTranslation('imaging');
  const chosen = useMemo(() => readKeyObjects(set.instances[0] ?? {}), [set]);
  const [notOpen, setNotOpen] = useState(false);
  const [absent, setAbsent] = useState<ReadonlySet<string>>(new Set());
  const title = i18n.exists(`imaging:keyObjects.titles.${chosen.titleCode}`)
    ? t(`keyObjects.titles.${chosen.titleCode}`)
    : chosen.title;
  const key = (image: ReferencedImage) => `${image.sopInstanceUid}/${image.frame}`;
  const there = chosen.images.filter((image) => !absent.has(key(image)));
  return (
    <div className="hub-document">
      <h3>
        {t('kinds.key-objects')} · {title}
      </h3>
      {chosen.description && <p>{chosen.description}</p>}
      {chosen.observer && (
        <p className="hub-quiet">{t('keyObjects.by', { who: chosen.observer.split('=').at(-1) })}</p>
      )}
      <div
        className="hub-key-objects"
        role="group"
        aria-label={t('keyImageCount', { n: chosen.images.length })}
      >
        {chosen.images.map((image, index) =>
          absent.has(key(image)) ? (
            <span key={key(image)} className="is-absent">
              {t('keyObjects.absent', { n: index + 1 })}
            </span>
          ) : (
            <button
              key={key(image)}
              type="button"
              disabled={!onShow}
              title={t('keyObjects.show', { n: index + 1 })}
              onClick={() => setNotOpen(onShow?.(image) === false)}
            >
              <img
                src={`/dicom-web/studies/${image.studyUid}/series/${image.seriesUid}/instances/${image.sopInstanceUid}/frames/${image.frame}/rendered?viewport=160,160`}
                alt={t('print.image', { n: index + 1 })}
                width={128}
                height={128}
                onError={() => setAbsent((before) => new Set(before).add(key(image)))}
              />
              <small>{index + 1}</small>
            </button>
          ),
        )}
      </div>
      {notOpen && <p className="hub-quiet">{t('imageNotOpen')}</p>}
      {chosen.images.length === 0 && <p className="hub-quiet">{t('keyObjects.none')}</p>}
      {onTake && there.length > 0 && (
        <Button size="small" onClick={() => onTake(there)}>
          {t('keyObjects.take', { n: there.length })}
        </Button>
      )}
    </div>
  );
}
