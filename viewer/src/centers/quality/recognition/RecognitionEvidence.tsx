import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../../api/client.ts';
import { may } from '../../../shell/access.ts';
import { DangerDialog } from '../../../shell/DangerDialog.tsx';
import { useSession } from '../../../shell/session.tsx';
import { FigureTable } from '../FigureTable.tsx';
import { EvidenceDialog } from './EvidenceDialog.tsx';

interface Evidence {
  id: string;
  institutionName: string;
  centerKind: string | null;
  itemCode: string | null;
  recognitionRange: string;
  evaluator: string;
  validFrom: string;
  validTo: string;
  source: string;
  documentAddress: string | null;
  revokedAt: string | null;
  revokeReason: string | null;
}

/** Which site holds which quality evidence until when, with the document; entered and revoked by hand. */
export function RecognitionEvidence() {
  const { t } = useTranslation(['quality', 'shell']);
  const session = useSession();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<Evidence | null>(null);
  const manages = may(session, 'recognition.manage');
  const evidence = useQuery({
    queryKey: ['recognition', 'evidence'],
    queryFn: () => get<{ items: Evidence[] }>('/api/recognition/evidence'),
  });
  const state = (row: Evidence) => {
    if (row.revokedAt) return t('recognition.state.revoked');
    const left = dayjs(row.validTo).diff(dayjs().startOf('day'), 'day');
    if (left < 0) return t('recognition.state.expired');
    return left <= 30 ? t('recognition.state.ending', { n: left }) : t('recognition.state.valid');
  };
  return (
    <>
      <FigureTable<Evidence>
        title={t('recognition.evidence')}
        rows={evidence.data?.items}
        error={evidence.error}
        rowKey={(row) => row.id}
        empty={t('recognition.noEvidence')}
        extra={
          manages && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t('recognition.addEvidence')}
            </Button>
          )
        }
        columns={[
          { title: t('column.site'), text: (row) => row.institutionName },
          {
            title: t('recognition.scope'),
            text: (row) =>
              `${row.centerKind ? t(`area.${row.centerKind}`) : t('area.all')}${row.itemCode ? ` ${row.itemCode}` : ''}`,
          },
          { title: t('recognition.range'), text: (row) => t(`recognition.ranges.${row.recognitionRange}`) },
          { title: t('recognition.evaluator'), text: (row) => row.evaluator },
          { title: t('recognition.sourceKind'), text: (row) => t(`recognition.sources.${row.source}`) },
          { title: t('recognition.valid'), text: (row) => `${row.validFrom} – ${row.validTo}` },
          {
            title: t('column.state'),
            text: state,
            render: (row) => (
              <span
                className={
                  row.revokedAt || dayjs(row.validTo).isBefore(dayjs(), 'day') ? 'hub-tone-breach' : ''
                }
              >
                {state(row)}
              </span>
            ),
          },
          {
            title: t('recognition.document'),
            text: (row) => (row.documentAddress ? t('recognition.document') : ''),
            render: (row) =>
              row.documentAddress ? (
                <a href={`/api/documents/${row.documentAddress}`} target="_blank" rel="noreferrer">
                  {t('recognition.open')}
                </a>
              ) : (
                '—'
              ),
          },
          ...(manages
            ? [
                {
                  title: t('column.acts'),
                  text: () => '',
                  render: (row: Evidence) =>
                    row.revokedAt ? (
                      (row.revokeReason ?? '')
                    ) : (
                      <Button size="small" danger onClick={() => setRevoking(row)}>
                        {t('recognition.revoke')}
                      </Button>
                    ),
                },
              ]
            : []),
        ]}
      />
      <EvidenceDialog open={adding} onClose={() => setAdding(false)} />
      <DangerDialog
        open={revoking !== null}
        title={`${t('recognition.revoke')} · ${revoking?.institutionName ?? ''} ${revoking?.evaluator ?? ''}`}
        consequence={t('recognition.revokeNote')}
        note
        okText={t('recognition.revoke')}
        onClose={() => setRevoking(null)}
        onOk={async ({ note }) => {
          await post(`/api/recognition/evidence/${revoking?.id}/revoke`, { reason: note });
          await client.invalidateQueries({ queryKey: ['recognition', 'evidence'] });
        }}
      />
    </>
  );
}
