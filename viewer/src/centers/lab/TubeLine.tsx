import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../shell/format.ts';
import type { Tube } from './types.ts';

/** Where a tube stands in the colours of the house. */
const TONE: Record<string, string> = {
  planned: 'waiting',
  collected: 'in',
  boxed: 'in',
  'in-transit': 'in',
  arrived: 'in',
  accepted: 'done',
  stored: 'done',
  rejected: 'breach',
  missing: 'breach',
  cancelled: 'waiting',
  discarded: 'waiting',
};

export const toneOfTube = (state: string): string => TONE[state] ?? 'waiting';

/** One tube: cap in its colour with the colour's name, number, whose, state; acts at the end. */
export function TubeLine({ tube, children }: { tube: Tube; children?: ReactNode }) {
  const { t } = useTranslation(['lab', 'shell']);
  return (
    <div className="lab-tube">
      <span className="lab-cap" style={{ background: tube.color }} title={tube.colorName ?? tube.tubeName} />
      <span className="lab-code">{tube.barcode}</span>
      <span>{tube.tubeName}</span>
      {tube.patientName && <b>{tube.patientName}</b>}
      {tube.sex && (
        <span>
          {t(`shell:sex.${tube.sex}`)} {tube.birthDate ?? ''}
        </span>
      )}
      {tube.accessionNumber && <span className="hub-quiet">{tube.accessionNumber}</span>}
      {tube.itemName && <span>{tube.itemName}</span>}
      <span className={`hub-status hub-tone-${toneOfTube(tube.state)}`}>{t(`tube.${tube.state}`)}</span>
      {tube.rejectionName && <span className="hub-tone-breach">{tube.rejectionName}</span>}
      {tube.recollection && <b>{t('recollectionOf', { number: tube.recollection })}</b>}
      {tube.collectedAt && (
        <span className="hub-quiet">
          {t('collectedAt')} {dateTime(tube.collectedAt)} {tube.collectedByName ?? ''}
        </span>
      )}
      {tube.boxCode && <span className="hub-quiet">{tube.boxCode}</span>}
      <span className="hub-grow" />
      {children}
    </div>
  );
}
