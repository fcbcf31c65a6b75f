import { CloseOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Order } from '../../api/types.ts';
import { useKeyImages } from './useKeyImages.ts';

const printed = 6;

/** Images that will stand in the report's PDF, in the order they were chosen. */
export function KeyImageStrip({ order, editable }: { order: Order; editable: boolean }) {
  const { t } = useTranslation('imaging');
  const { items, remove } = useKeyImages(order);
  if (items.length === 0) return null;
  return (
    <div className="hub-key-images" role="group" aria-label={t('keyImageCount', { n: items.length })}>
      {items.map((each, index) => (
        <span key={each.id} className={index < printed ? '' : 'is-unprinted'}>
          <img
            src={`/dicom-web/studies/${each.studyInstanceUid}/series/${each.seriesInstanceUid}/instances/${each.sopInstanceUid}/frames/${each.frame}/rendered?viewport=64,64`}
            alt={t('print.image', { n: index + 1 })}
            width={56}
            height={56}
            loading="lazy"
          />
          {editable && (
            <button
              type="button"
              aria-label={t('keyImageRemove', { n: index + 1 })}
              onClick={() => void remove(each.id)}
            >
              <CloseOutlined />
            </button>
          )}
        </span>
      ))}
      <small className="hub-quiet">{t('keyImagePrinted', { n: Math.min(printed, items.length) })}</small>
    </div>
  );
}
