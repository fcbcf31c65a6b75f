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

/** The pathology report: macroscopy, pictures, immunohistochemistry and the form stand above the core's fields. */
export default function PathologyReport({ order, reload }: CasePaneProps) {
  const { t } = useTranslation('pathology');
  const facts = factsOf(order);
  return (
    <ReportPane
      order={order}
      reload={reload}
      modality="SM"
      fields={(content, change, editable) => {
        const images = (content.images as ReportImage[] | undefined) ?? [];
        const chosen = (id: string) => images.some(({ snapshotId }) => snapshotId === id);
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
            {facts && facts.snapshots.length > 0 && (
              <fieldset className="path-pictures" aria-label={t('report.images')}>
                {facts.snapshots.map(({ id, caption }) => (
                  <label key={id}>
                    <img src={`/api/pathology/snapshots/${id}`} alt={caption ?? t('report.image')} />
                    <input
                      type="checkbox"
                      disabled={!editable}
                      checked={chosen(id)}
                      onChange={(event) =>
                        change({
                          images: event.target.checked
                            ? [...images, { snapshotId: id, ...(caption && { caption }) }]
                            : images.filter(({ snapshotId }) => snapshotId !== id),
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
              change={(synoptic) => change({ synoptic })}
            />
          </>
        );
      }}
    />
  );
}
