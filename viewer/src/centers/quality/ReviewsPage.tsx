import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, Input, InputNumber, Modal, Radio, Select, Space, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { errorText, Failed } from '../../shell/states.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { useSpan } from './useSpan.ts';

interface Review {
  id: string;
  accessionNumber: string;
  itemName: string;
  modality: string | null;
  content: { findings?: string; impression?: string };
  score: number | null;
  compliance: { compliant?: boolean } | null;
  comment: string | null;
  decidedAt: string | null;
  drawnAt: string;
  reviewer: string | null;
  reporter: string | null;
}
const FAULTS = [
  'absent-organ',
  'laterality',
  'unit',
  'template-left',
  'patient-data',
  'conclusion-disagrees',
] as const;

/** Sampling review: draw reports, read them blind, score by four grades with the writing checklist. */
export default function ReviewsPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [span, setSpan] = useSpan();
  const [center, setCenter] = useState('imaging');
  const [count, setCount] = useState(20);
  const [open, setOpen] = useState<Review | null>(null);
  const [score, setScore] = useState(1);
  const [faults, setFaults] = useState<string[]>([]);
  const [comment, setComment] = useState('');
  const reviews = useQuery({
    queryKey: ['quality', 'reviews'],
    queryFn: () => get<{ items: Review[] }>('/api/quality/reviews?open=false'),
  });
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['quality', 'reviews'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const draw = () =>
    attempt(async () => {
      const { drawn } = await post<{ drawn: number }>('/api/quality/reviews', { center, count, ...span });
      message.info(t('drawn', { n: drawn }));
    });
  const decide = () =>
    attempt(async () => {
      await post(`/api/quality/reviews/${open?.id}`, {
        score,
        compliance: { compliant: faults.length === 0, faults },
        ...(comment && { comment }),
      });
      setOpen(null);
      setFaults([]);
      setComment('');
      setScore(1);
    });
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.reviews')}</h1>
        <span className="hub-grow" />
        <Select
          value={center}
          onChange={setCenter}
          aria-label={t('column.center')}
          options={['imaging', 'ecg', 'lab', 'pathology'].map((value) => ({
            value,
            label: t(`area.${value}`),
          }))}
        />
        <SpanPicker span={span} onChange={setSpan} />
        <InputNumber
          min={1}
          max={500}
          value={count}
          onChange={(value) => setCount(value ?? 20)}
          aria-label={t('drawCount')}
        />
        <Button type="primary" onClick={() => void draw()}>
          {t('draw')}
        </Button>
      </div>
      {reviews.isError ? (
        <Failed error={reviews.error} retry={() => void reviews.refetch()} />
      ) : (
        <Table<Review>
          size="small"
          rowKey="id"
          dataSource={reviews.data?.items ?? []}
          loading={reviews.isPending}
          pagination={false}
          locale={{ emptyText: t('noReviews') }}
          columns={[
            { title: t('shell:column.accession'), dataIndex: 'accessionNumber' },
            { title: t('column.item'), dataIndex: 'itemName' },
            { title: t('column.drawn'), render: (_, row) => dateTime(row.drawnAt) },
            {
              title: t('column.score'),
              render: (_, row) =>
                row.score === null ? (
                  <Button size="small" onClick={() => setOpen(row)}>
                    {t('score')}
                  </Button>
                ) : (
                  t(`grade.${row.score}`)
                ),
            },
            {
              title: t('column.compliant'),
              render: (_, row) => (row.compliance ? t(`met.${row.compliance.compliant === true}`) : '—'),
            },
            { title: t('column.reporter'), render: (_, row) => row.reporter ?? t('blind') },
            { title: t('column.reviewer'), render: (_, row) => row.reviewer ?? '—' },
          ]}
        />
      )}
      <Modal
        open={open !== null}
        width={720}
        title={open?.accessionNumber}
        onCancel={() => setOpen(null)}
        onOk={() => void decide()}
      >
        <p style={{ whiteSpace: 'pre-wrap' }}>{open?.content.findings}</p>
        <p style={{ whiteSpace: 'pre-wrap' }}>
          <strong>{open?.content.impression}</strong>
        </p>
        <Space direction="vertical">
          <Radio.Group
            value={score}
            onChange={(event) => setScore(event.target.value as number)}
            options={[1, 2, 3, 4].map((value) => ({ value, label: t(`grade.${value}`) }))}
          />
          <Checkbox.Group
            value={faults}
            onChange={(value) => setFaults(value as string[])}
            options={FAULTS.map((value) => ({ value, label: t(`fault.${value}`) }))}
          />
          <Input.TextArea
            rows={2}
            value={comment}
            onChange={(event) => setComment(event.target.value)}
            aria-label={t('column.note')}
            placeholder={t('notePlaceholder')}
            style={{ width: 640 }}
          />
        </Space>
      </Modal>
    </div>
  );
}
