import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { errorText, Failed, Loading } from '../../shell/states.tsx';

interface Backlog {
  waiting: number;
  failed: number;
  oldestAt: string | null;
  receivingStudies: number;
}
interface Derivation {
  id: string;
  state: 'waiting' | 'failed';
  accessionNumber: string | null;
  institutionName: string | null;
  modality: string | null;
  description: string | null;
  images: number;
  attempts: number;
  lastError: string | null;
  since: string;
  nextAt: string;
  running: boolean;
}

/** How far previews and renditions of images are behind, which failed, and trying those again. */
export default function DerivationsArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const queue = useQuery({
    queryKey: ['derivations'],
    queryFn: async ({ signal }) => {
      const [backlog, list] = await Promise.all([
        get<Backlog>('/api/imaging/backlog', signal),
        get<{ items: Derivation[] }>('/api/imaging/derivations', signal),
      ]);
      return { backlog, items: list.items };
    },
    refetchInterval: 5_000,
  });
  if (queue.isPending) return <Loading />;
  if (queue.isError) return <Failed error={queue.error} retry={() => void queue.refetch()} />;
  const { backlog, items } = queue.data;
  const retry = async () => {
    setBusy(true);
    try {
      const { retried } = await post<{ retried: number }>('/api/imaging/derivations/retry');
      message.success(t('derivations.retried', { n: retried }));
      await client.invalidateQueries({ queryKey: ['derivations'] });
    } catch (error) {
      message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  const state = (row: Derivation) =>
    t(`derivations.states.${row.state === 'failed' ? 'failed' : row.running ? 'running' : 'waiting'}`);
  return (
    <>
      <p className="hub-quiet">{t('derivations.how')}</p>
      <ListTable<Derivation>
        name={t('areas.derivations')}
        heading={t('derivations.now', {
          waiting: backlog.waiting,
          failed: backlog.failed,
          receiving: backlog.receivingStudies,
        })}
        extra={
          <Button loading={busy} disabled={backlog.failed === 0} onClick={() => void retry()}>
            {t('derivations.retry')}
          </Button>
        }
        rowKey="id"
        rows={items}
        total={backlog.waiting + backlog.failed}
        empty={t('derivations.empty')}
        columns={[
          {
            title: t('derivations.state'),
            width: 90,
            text: state,
            render: (row) => (
              <span className={row.state === 'failed' ? 'hub-tone-breach' : ''}>{state(row)}</span>
            ),
          },
          { title: t('derivations.accession'), width: 130, text: (row) => row.accessionNumber ?? '' },
          { title: t('derivations.site'), width: 150, text: (row) => row.institutionName ?? '' },
          {
            title: t('derivations.series'),
            text: (row) => [row.modality, row.description].filter(Boolean).join(' '),
            wrap: 220,
          },
          { title: t('derivations.images'), width: 80, align: 'right', text: (row) => row.images },
          { title: t('derivations.attempts'), width: 70, align: 'right', text: (row) => row.attempts },
          { title: t('derivations.since'), width: 150, text: (row) => dateTime(row.since) },
          { title: t('derivations.error'), text: (row) => row.lastError ?? '', wrap: 260 },
        ]}
      />
    </>
  );
}
