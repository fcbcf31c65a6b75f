import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Checkbox, Input, InputNumber, Modal, Radio, Select, Space, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { errorText } from '../../shell/states.tsx';
import { FigureTable } from './FigureTable.tsx';
import { ReviewStatistics } from './ReviewStatistics.tsx';
import { SpanPicker } from './SpanPicker.tsx';
import { useSpan } from './useSpan.ts';

interface Review {
  id: string;
  accessionNumber: string;
  itemName: string;
  content: { findings?: string; impression?: string };
  state: string;
  readingsWanted: number;
  readings: number;
  readByMe: boolean;
  readingsShown: { reader: string; score: number; comment: string | null }[] | null;
  score: number | null;
  compliance: { compliant?: boolean } | null;
  comment: string | null;
  decidedAt: string | null;
  drawnAt: string;
  reviewer: string | null;
  reporter: string | null;
  appeal: string | null;
  appealDecision: string | null;
}
const FAULTS = ['absent-organ', 'laterality', 'unit', 'template-left', 'patient-data', 'conclusion-disagrees']; // prettier-ignore
type Act = 'score' | 'conference' | 'appeal';

/** Sampling review: drawn, read blind by one or two, settled in conference, appealed; statistics with intervals and κ. */
export default function ReviewsPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [span, setSpan] = useSpan();
  const [center, setCenter] = useState('imaging');
  const [count, setCount] = useState(20);
  const [readings, setReadings] = useState(1);
  const [corrected, setCorrected] = useState(false);
  const [open, setOpen] = useState<{ review: Review; act: Act } | null>(null);
  const reviews = useQuery({
    queryKey: ['quality', 'reviews'],
    queryFn: () => get<{ items: Review[] }>('/api/quality/reviews?open=false'),
  });
  const attempt = async (work: () => Promise<unknown>) => {
    try {
      await work();
      await client.invalidateQueries({ queryKey: ['quality'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const draw = () =>
    attempt(async () => {
      const body = { center, count, readings, ...(corrected && { correctedOnly: true }), ...span };
      const { drawn } = await post<{ drawn: number }>('/api/quality/reviews', body);
      message.info(t('drawn', { n: drawn }));
    });
  const act = (row: Review): Act | null =>
    row.state === 'open' && !row.readByMe
      ? 'score'
      : row.state === 'conference'
        ? 'conference'
        : row.state === 'appealed'
          ? 'appeal'
          : null;
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
        <Select
          value={readings}
          onChange={setReadings}
          aria-label={t('review.readings')}
          options={[1, 2].map((value) => ({ value, label: t(`review.wanted.${value}`) }))}
        />
        <Checkbox checked={corrected} onChange={(event) => setCorrected(event.target.checked)}>
          {t('review.correctedOnly')}
        </Checkbox>
        <Button type="primary" onClick={() => void draw()}>
          {t('draw')}
        </Button>
      </div>
      <Tabs
        size="small"
        items={[
          {
            key: 'list',
            label: t('nav.reviews'),
            children: (
              <FigureTable<Review>
                title={t('nav.reviews')}
                rows={reviews.data?.items}
                error={reviews.error}
                retry={() => void reviews.refetch()}
                rowKey={(row) => row.id}
                empty={t('noReviews')}
                columns={[
                  { title: t('shell:column.accession'), text: (row) => row.accessionNumber },
                  { title: t('column.item'), text: (row) => row.itemName },
                  { title: t('column.drawn'), text: (row) => dateTime(row.drawnAt) },
                  {
                    title: t('review.readings'),
                    text: (row) => `${row.readings} / ${row.readingsWanted}`,
                  },
                  { title: t('column.state'), text: (row) => t(`review.state.${row.state}`) },
                  {
                    title: t('column.score'),
                    text: (row) => (row.score === null ? null : t(`grade.${row.score}`)),
                    render: (row) => {
                      const next = act(row);
                      return (
                        <Space>
                          {row.score !== null && t(`grade.${row.score}`)}
                          {next && (
                            <Button size="small" onClick={() => setOpen({ review: row, act: next })}>
                              {t(`review.act.${next}`)}
                            </Button>
                          )}
                          {row.score === null && !next && '—'}
                        </Space>
                      );
                    },
                  },
                  {
                    title: t('column.compliant'),
                    text: (row) => (row.compliance ? t(`met.${row.compliance.compliant === true}`) : null),
                  },
                  { title: t('column.reporter'), text: (row) => row.reporter ?? t('blind') },
                  { title: t('column.reviewer'), text: (row) => row.reviewer },
                ]}
              />
            ),
          },
          {
            key: 'statistics',
            label: t('review.statistics'),
            children: <ReviewStatistics span={span} center={center} />,
          },
        ]}
      />
      {open && (
        <ReviewDialog
          key={open.review.id + open.act}
          review={open.review}
          act={open.act}
          onClose={() => setOpen(null)}
          onSend={(path, body) =>
            attempt(async () => {
              await post(`/api/quality/reviews/${open.review.id}${path}`, body);
              setOpen(null);
            })
          }
        />
      )}
    </div>
  );
}

function ReviewDialog({
  review,
  act,
  onClose,
  onSend,
}: {
  review: Review;
  act: Act;
  onClose: () => void;
  onSend: (path: string, body: unknown) => Promise<void>;
}) {
  const { t } = useTranslation(['quality', 'shell']);
  const [score, setScore] = useState(review.score ?? 1);
  const [faults, setFaults] = useState<string[]>([]);
  const [comment, setComment] = useState('');
  const [people, setPeople] = useState('');
  const [upheld, setUpheld] = useState(true);
  const participants = people
    .split(/[,,、\s]+/)
    .map((name) => name.trim())
    .filter(Boolean);
  const ready =
    act === 'score' ||
    (act === 'conference' ? participants.length >= 2 && comment.trim() !== '' : comment.trim() !== '');
  const send = () => {
    const compliant = faults.length === 0;
    if (act === 'score')
      return onSend('', { score, compliance: { compliant, faults }, ...(comment && { comment }) });
    if (act === 'conference')
      return onSend('/conference', { participants, score, compliant, conclusion: comment });
    return onSend('/appeal/decide', { upheld, ...(!upheld && { score }), reason: comment });
  };
  return (
    <Modal
      open
      width={720}
      title={`${t(`review.act.${act}`)} · ${review.accessionNumber}`}
      onCancel={onClose}
      onOk={() => void send()}
      okButtonProps={{ disabled: !ready }}
    >
      <p className="hub-prewrap">{review.content.findings}</p>
      <p className="hub-prewrap">
        <strong>{review.content.impression}</strong>
      </p>
      {review.readingsShown?.map((each) => (
        <p key={each.reader} className="hub-quiet">
          {each.reader}: {t(`grade.${each.score}`)} {each.comment ?? ''}
        </p>
      ))}
      {review.appeal && (
        <p>
          <b>{t('review.appeal')}</b> {review.appeal}
        </p>
      )}
      <Space orientation="vertical" style={{ width: '100%' }}>
        {act === 'appeal' && (
          <Radio.Group
            value={upheld}
            onChange={(event) => setUpheld(event.target.value as boolean)}
            options={[
              { value: true, label: t('review.upheld') },
              { value: false, label: t('review.changed') },
            ]}
          />
        )}
        {(act !== 'appeal' || !upheld) && (
          <Radio.Group
            value={score}
            onChange={(event) => setScore(event.target.value as number)}
            options={[1, 2, 3, 4].map((value) => ({ value, label: t(`grade.${value}`) }))}
          />
        )}
        {act !== 'appeal' && (
          <Checkbox.Group
            value={faults}
            onChange={(value) => setFaults(value)}
            options={FAULTS.map((value) => ({ value, label: t(`fault.${value}`) }))}
          />
        )}
        {act === 'conference' && (
          <Input
            value={people}
            aria-label={t('review.participants')}
            placeholder={t('review.participants')}
            onChange={(event) => setPeople(event.target.value)}
          />
        )}
        <Input.TextArea
          rows={3}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
          aria-label={t('column.note')}
          placeholder={t('notePlaceholder')}
        />
      </Space>
    </Modal>
  );
}
