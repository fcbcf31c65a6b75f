import { useQuery } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post, query } from '../../api/client.ts';
import { DangerDialog } from '../../shell/DangerDialog.tsx';
import { ListTable } from '../../shell/ListTable.tsx';
import { useAct } from './useAct.ts';

interface Recheck {
  id: string;
  orderId: string;
  pathologyNumber: string | null;
  accessionNumber: string;
  agrees: boolean | null;
  reader: string | null;
  /** reported or signed by who looks at the list: others read it again */
  own: boolean;
}

/** Negative cytology of a month, drawn by lot and read a second time. */
export function Rechecks({ month, changed }: { month: string; changed: () => unknown }) {
  const { t } = useTranslation(['pathology', 'shell']);
  const { message } = App.useApp();
  const [differing, setDiffering] = useState<Recheck | null>(null);
  const rechecks = useQuery({
    queryKey: ['pathology', 'rechecks', month],
    queryFn: () => get<{ items: Recheck[] }>(`/api/pathology/rechecks${query({ month })}`),
    retry: false,
  });
  const { act, busy } = useAct(() => {
    void rechecks.refetch();
    changed();
  });
  if (rechecks.isError) return null; // who may not verify sees the figures only
  return (
    <>
      <section className="path-form">
        <ListTable<Recheck>
          name={`rechecks-${month}`}
          rowKey="id"
          heading={t('quality.recheck')}
          extra={
            <Button
              loading={busy}
              onClick={() =>
                void act(async () => {
                  const lot = await post<{ negatives: number; drawn: number; added: number }>(
                    '/api/pathology/rechecks/draw',
                    { month },
                  );
                  void message.info(t('quality.drawnOf', lot));
                })
              }
            >
              {t('quality.draw')}
            </Button>
          }
          rows={rechecks.data?.items ?? []}
          empty={t('quality.noneDrawn')}
          columns={[
            {
              title: t('bench.number'),
              text: (row) => row.pathologyNumber ?? row.accessionNumber,
              render: (row) => (
                <Link to={`/orders/${row.orderId}`}>{row.pathologyNumber ?? row.accessionNumber}</Link>
              ),
            },
            { title: t('quality.reader'), text: (row) => row.reader },
            {
              title: t('quality.result'),
              text: (row) =>
                row.agrees === null
                  ? t('quality.notYet')
                  : t(row.agrees ? 'quality.agrees' : 'quality.differs'),
              render: (row) =>
                row.agrees === null && row.own ? (
                  <span className="hub-quiet">{t('quality.ownCase')}</span>
                ) : row.agrees === null ? (
                  <span className="hub-row">
                    <Button
                      size="small"
                      loading={busy}
                      onClick={() =>
                        void act(() => post(`/api/pathology/rechecks/${row.id}`, { agrees: true }))
                      }
                    >
                      {t('quality.agrees')}
                    </Button>
                    <Button size="small" loading={busy} onClick={() => setDiffering(row)}>
                      {t('quality.differs')}
                    </Button>
                  </span>
                ) : (
                  t(row.agrees ? 'quality.agrees' : 'quality.differs')
                ),
            },
          ]}
        />
      </section>
      {differing && (
        <DangerDialog
          open
          title={`${t('quality.differs')} · ${differing.pathologyNumber ?? differing.accessionNumber}`}
          consequence={t('quality.differsConsequence')}
          note
          okText={t('quality.differs')}
          onOk={async ({ note }) => {
            await post(`/api/pathology/rechecks/${differing.id}`, { agrees: false, note });
            await rechecks.refetch();
            changed();
          }}
          onClose={() => setDiffering(null)}
        />
      )}
    </>
  );
}
