import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post } from '../../api/client.ts';
import { reasonText } from '../../pages/queue/reasonText.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { errorText, Failed, Loading } from '../../shell/states.tsx';
import { differenceText } from './differenceText.ts';
import { FaultWords } from './FaultWords.tsx';
import { LookDialog } from './LookDialog.tsx';
import { DiscardDialog } from './unmatched/DiscardDialog.tsx';
import { JoinDialog } from './unmatched/JoinDialog.tsx';
import type { Waiting } from './unmatched/waiting.ts';

/** Input that waits for a person: mismatch side by side, no order, unreadable. */
export default function UnmatchedPage() {
  const { t } = useTranslation(['ecg', 'queue', 'shell']);
  const client = useQueryClient();
  const { message } = App.useApp();
  const [joining, setJoining] = useState<Waiting | null>(null);
  const [discarding, setDiscarding] = useState<Waiting | null>(null);
  const [looking, setLooking] = useState<{ recordingId: string; says: string } | null>(null);
  const list = useQuery({
    queryKey: ['ecg', 'unmatched'],
    queryFn: async () => (await get<{ items: Waiting[] }>('/api/ecg/unmatched')).items,
    refetchInterval: 20_000,
  });
  const decide = async (row: Waiting, body: Record<string, string>) => {
    try {
      await post(`/api/ecg/unmatched/${row.id}/decide`, body);
      setJoining(null);
      setDiscarding(null);
      await client.invalidateQueries({ queryKey: ['ecg', 'unmatched'] });
    } catch (error) {
      void message.error(errorText(error, t));
    }
  };
  /** What the input says of itself: its files, else the patient. */
  const says = ({ detail }: Waiting): string =>
    detail.files?.map((file) => file.name).join(' ') ||
    [
      detail.patientName ?? '—',
      detail.sex && t(`ecg:sex.${detail.sex}`),
      detail.birthDate,
      detail.format && t(`ecg:format.${detail.format}`),
    ]
      .filter(Boolean)
      .join(' · ');
  /** Why it waits: each candidate with its differences on a line. */
  const why = ({ candidates, kind, detail, reason }: Waiting): string =>
    candidates.length > 0
      ? candidates
          .map(
            (candidate) =>
              `${candidate.accessionNumber} ${candidate.patientName ?? ''}: ${differenceText(candidate.differences, t)}`,
          )
          .join('\n')
      : kind === 'no-order' || kind === 'no-patient'
        ? reasonText({ reason, kind, detail }, t)
        : [detail.fault && t(`ecg:fault.${detail.fault}`), reason].filter(Boolean).join(' ');
  if (list.isError) return <Failed error={list.error} retry={() => void list.refetch()} />;
  return (
    <div className="hub-page hub-scroll">
      <h1 className="hub-title">{t('ecg:nav.unmatched')}</h1>
      {list.isPending ? (
        <Loading />
      ) : (
        <ListTable<Waiting>
          name={t('ecg:nav.unmatched')}
          rowKey="id"
          rows={list.data}
          pageSize={30}
          empty={t('ecg:unmatched.empty')}
          columns={[
            { title: t('ecg:unmatched.kind'), text: (row) => t(`ecg:unmatched.${row.kind}`), width: 96 },
            { title: t('ecg:statistics.site'), text: (row) => row.institutionName },
            { title: t('ecg:unmatched.says'), text: says, wrap: 250 },
            {
              title: t('ecg:unmatched.why'),
              width: 210,
              wrap: 200,
              text: why,
              render: (row) =>
                row.candidates.length === 0 && row.kind !== 'no-order' && row.kind !== 'no-patient' ? (
                  <FaultWords fault={row.detail.fault} reason={row.reason} />
                ) : (
                  why(row)
                ),
            },
            { title: t('ecg:unmatched.at'), text: (row) => dateTime(row.createdAt), width: 140 },
            {
              title: '',
              fixed: 'right',
              render: (row) => (
                <Space size={4}>
                  <Look row={row} look={(recordingId) => setLooking({ recordingId, says: says(row) })} />
                  <Button size="small" type="primary" onClick={() => setJoining(row)}>
                    {t(row.kind === 'unreadable' ? 'ecg:unmatched.attach' : 'ecg:unmatched.join')}
                  </Button>
                  {row.kind === 'no-order' && row.orderId && (
                    <Button size="small" onClick={() => void decide(row, { decision: 'confirm' })}>
                      {t('ecg:unmatched.confirm')}
                    </Button>
                  )}
                  <Button size="small" onClick={() => setDiscarding(row)}>
                    {t('ecg:unmatched.discard')}
                  </Button>
                </Space>
              ),
            },
          ]}
        />
      )}
      {looking && <LookDialog {...looking} close={() => setLooking(null)} />}
      {joining && (
        <JoinDialog
          row={joining}
          close={() => setJoining(null)}
          join={(orderId) => void decide(joining, { decision: 'join', orderId })}
        />
      )}
      {discarding && (
        <DiscardDialog
          close={() => setDiscarding(null)}
          discard={(reason) => void decide(discarding, { decision: 'discard', reason })}
        />
      )}
    </div>
  );
}

/** Its order; what was split off or never had one opens by itself. */
function Look({ row, look }: { row: Waiting; look: (recordingId: string) => void }) {
  const { t } = useTranslation('ecg');
  const { orderId, subjectId } = row;
  if (orderId) return <Link to={`/orders/${orderId}`}>{t('unmatched.open')}</Link>;
  if (row.subjectType !== 'ecg-recording' || !subjectId) return null;
  return (
    <Button size="small" type="link" style={{ paddingInline: 0 }} onClick={() => look(subjectId)}>
      {t('unmatched.open')}
    </Button>
  );
}
