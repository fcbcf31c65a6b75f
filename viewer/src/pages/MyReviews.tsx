import { useQuery } from '@tanstack/react-query';
import { App, Button, Input, Modal, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post } from '../api/client.ts';
import { dateTime } from '../shell/format.ts';
import { errorText, Failed } from '../shell/states.tsx';

interface Mine {
  id: string;
  orderId: string;
  accessionNumber: string;
  itemName: string;
  state: string;
  score: number;
  comment: string | null;
  decidedAt: string;
  appeal: string | null;
  appealDecision: string | null;
}

/** Sampling reviews of one's own reports, with the appeal. */
export function MyReviews() {
  const { t } = useTranslation(['quality', 'shell']);
  const { message } = App.useApp();
  const [open, setOpen] = useState<Mine | null>(null);
  const [text, setText] = useState('');
  const mine = useQuery({
    queryKey: ['my-reviews'],
    queryFn: () => get<{ items: Mine[] }>('/api/quality/my-reviews'),
  });
  const send = async () => {
    try {
      await post(`/api/quality/reviews/${open?.id}/appeal`, { text });
      setOpen(null);
      setText('');
      await mine.refetch();
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <section className="hub-panel" aria-label={t('review.mine')}>
      <h2 className="hub-title">{t('review.mine')}</h2>
      {mine.isError ? (
        <Failed error={mine.error} retry={() => void mine.refetch()} />
      ) : (
        <Table<Mine>
          size="small"
          rowKey="id"
          pagination={false}
          loading={mine.isPending}
          dataSource={mine.data?.items ?? []}
          locale={{ emptyText: t('review.noneMine') }}
          columns={[
            {
              title: t('shell:column.accession'),
              render: (_, row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
            },
            { title: t('column.item'), dataIndex: 'itemName' },
            { title: t('column.score'), render: (_, row) => t(`grade.${row.score}`) },
            { title: t('column.note'), render: (_, row) => row.appealDecision ?? row.comment ?? '—' },
            { title: t('column.at'), render: (_, row) => dateTime(row.decidedAt) },
            {
              title: t('column.state'),
              render: (_, row) =>
                row.state === 'decided' ? (
                  <Button size="small" onClick={() => setOpen(row)}>
                    {t('review.appeal')}
                  </Button>
                ) : (
                  t(`review.state.${row.state}`)
                ),
            },
          ]}
        />
      )}
      <Modal
        open={open !== null}
        title={`${t('review.appeal')} · ${open?.accessionNumber ?? ''}`}
        onCancel={() => setOpen(null)}
        onOk={() => void send()}
        okButtonProps={{ disabled: text.trim() === '' }}
      >
        <Input.TextArea
          rows={4}
          value={text}
          maxLength={2000}
          aria-label={t('review.appeal')}
          onChange={(event) => setText(event.target.value)}
        />
      </Modal>
    </section>
  );
}
