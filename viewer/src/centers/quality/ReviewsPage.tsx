import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Space, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { get, post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { errorText } from '../../shell/states.tsx';
import { FigureTable } from './FigureTable.tsx';
import { ReviewStatistics } from './ReviewStatistics.tsx';
import { DrawRule, type Rule } from './review/DrawRule.tsx';
import { nextAct, type Review } from './review/review.ts';
import { SpanPicker } from './SpanPicker.tsx';
import { useSpan } from './useSpan.ts';

/** Sampling review: drawn, read blind by one or two, settled in conference, appealed; statistics with intervals and κ. */
export default function ReviewsPage() {
  const { t } = useTranslation(['quality', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [span, setSpan] = useSpan();
  const [drawing, setDrawing] = useState(false);
  const reviews = useQuery({
    queryKey: ['quality', 'reviews'],
    queryFn: () => get<{ items: Review[] }>('/api/quality/reviews?open=false'),
  });
  const draw = async (rule: Rule) => {
    try {
      const { drawn } = await post<{ drawn: number }>('/api/quality/reviews', { ...rule, ...span });
      message.info(t('drawn', { n: drawn }));
      setDrawing(false);
      await client.invalidateQueries({ queryKey: ['quality'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.reviews')}</h1>
        <span className="hub-grow" />
        <SpanPicker span={span} onChange={setSpan} />
        <Button type="primary" onClick={() => setDrawing(true)}>
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
                  {
                    title: t('shell:column.accession'),
                    text: (row) => row.accessionNumber,
                    render: (row) => <Link to={`/quality/reviews/${row.id}`}>{row.accessionNumber}</Link>,
                  },
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
                      const next = nextAct(row);
                      return (
                        <Space>
                          {row.score !== null && t(`grade.${row.score}`)}
                          {next && (
                            <Button size="small" onClick={() => void navigate(`/quality/reviews/${row.id}`)}>
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
            children: <ReviewStatistics span={span} />,
          },
        ]}
      />
      <DrawRule open={drawing} span={span} onDraw={draw} onClose={() => setDrawing(false)} />
    </div>
  );
}
