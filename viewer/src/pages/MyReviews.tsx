import { useQuery } from '@tanstack/react-query';
import { App, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post } from '../api/client.ts';
import { dateTime } from '../shell/format.ts';
import { ListTable } from '../shell/ListTable.tsx';
import { errorText, Failed, Loading } from '../shell/states.tsx';

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
      {mine.isError ? (
        <Failed error={mine.error} retry={() => void mine.refetch()} />
      ) : mine.isPending ? (
        <Loading />
      ) : (
        <ListTable<Mine>
          name={t('review.mine')}
          heading={t('review.mine')}
          rowKey="id"
          rows={mine.data.items}
          pageSize={20}
          empty={t('review.noneMine')}
          columns={[
            {
              title: t('shell:column.accession'),
              text: (row) => row.accessionNumber,
              render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
            },
            { title: t('column.item'), text: (row) => row.itemName },
            { title: t('column.score'), text: (row) => t(`grade.${row.score}`), sortBy: (row) => row.score },
            { title: t('column.note'), text: (row) => row.appealDecision ?? row.comment ?? '—', wrap: 420 },
            { title: t('column.at'), text: (row) => dateTime(row.decidedAt) },
            {
              title: t('column.state'),
              text: (row) => t(`review.state.${row.state}`),
              render: (row) =>
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
