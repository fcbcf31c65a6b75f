import { Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { ReportPane } from '../../shell/ReportPane.tsx';
import type { CasePaneProps } from '../contract.ts';
import { IhcTable, type IhcRow } from './IhcTable.tsx';
import { SynopticForm, type SynopticEntry } from './SynopticForm.tsx';
import { factsOf } from './types.ts';

interface ReportImage {
  snapshotId?: string;
  photoId?: string;
  caption?: string;
}

/** A cervical cytology is positive when it is interpreted as anything but NILM; other forms leave the mark to the reader. */
function markOf(entry: SynopticEntry | undefined): { positive?: boolean } {
  const category = entry?.code === 'CYTO-TBS' ? entry.values.category : undefined;
  return typeof category === 'string' ? { positive: category !== 'nilm' } : {};
}

/** The pathology report: macroscopy, pictures, immunohistochemistry and the form stand above the core's fields. */
export default function PathologyReport({ order, reload }: CasePaneProps) {
  const { t } = useTranslation('pathology');
  const facts = factsOf(order);
  return (
    <ReportPane
      order={order}
      reload={reload}
      modality="SM"
      names={{ findings: t('report.micro'), impression: t('report.diagnosis') }}
      fields={(content, change, editable) => {
        const images = (content.images as ReportImage[] | undefined) ?? [];
        const pictures = [
          ...(facts?.photos ?? []).map(({ id, caption }) => ({ photoId: id, caption, src: `photos/${id}` })),
          ...(facts?.snapshots ?? []).map(({ id, caption }) => ({
            snapshotId: id,
            caption,
            src: `snapshots/${id}`,
          })),
        ];
        const same = (image: ReportImage, other: ReportImage) =>
          image.snapshotId === other.snapshotId && image.photoId === other.photoId;
        return (
          <>
            <label htmlFor="report-gross">{t('report.gross')}</label>
            <Input.TextArea
              id="report-gross"
              disabled={!editable}
              autoSize={{ minRows: 2, maxRows: 8 }}
              value={typeof content.gross === 'string' ? content.gross : (facts?.grossDescription ?? '')}
              onChange={(event) => change({ gross: event.target.value })}
            />
            {pictures.length > 0 && (
              <fieldset className="path-pictures" aria-label={t('report.images')}>
                {pictures.map(({ caption, src, ...picture }) => (
                  <label key={src}>
                    <img src={`/api/pathology/${src}`} alt={caption ?? t('report.image')} />
                    <input
                      type="checkbox"
                      disabled={!editable}
                      checked={images.some((image) => same(image, picture))}
                      onChange={(event) =>
                        change({
                          images: event.target.checked
                            ? [...images, { ...picture, ...(caption && { caption }) }]
                            : images.filter((image) => !same(image, picture)),
                        })
                      }
                    />{' '}
                    {caption}
                  </label>
                ))}
              </fieldset>
            )}
            <IhcTable
              rows={(content.ihc as IhcRow[] | undefined) ?? []}
              stains={facts?.stains ?? []}
              editable={editable}
              change={(ihc) => change({ ihc })}
            />
            <SynopticForm
              entry={content.synoptic as SynopticEntry | undefined}
              sites={facts?.specimens.map(({ site }) => site) ?? []}
              cytology={facts?.kind === 'cytology'}
              editable={editable}
              change={(synoptic) => change({ synoptic, ...markOf(synoptic) })}
            />
          </>
        );
      }}
    />
  );
}
