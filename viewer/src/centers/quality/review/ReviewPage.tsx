import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams } from 'react-router';
import { get, post } from '../../../api/client.ts';
import type { Order } from '../../../api/types.ts';
import { ErrorBoundary } from '../../../shell/ErrorBoundary.tsx';
import { inputFaultText } from '../../../shell/inputFault.ts';
import { lazyPane } from '../../../shell/lazyPane.ts';
import { dateTime } from '../../../shell/format.ts';
import { errorText, Failed, Loading } from '../../../shell/states.tsx';
import { useKeys } from '../../../shell/useKeys.ts';
import { modules } from '../../index.ts';
import { nextAct, type Review } from './review.ts';
import { ReviewForm } from './ReviewForm.tsx';

/** A drawn report beside what it was made from: images, trace or values, without the name of who wrote it. */
export default function ReviewPage() {
  const { reviewId = '' } = useParams();
  const review = useQuery({
    queryKey: ['quality', 'review', reviewId],
    queryFn: () => get<Review>(`/api/quality/reviews/${reviewId}`),
  });
  const order = useQuery({
    queryKey: ['order', review.data?.orderId],
    queryFn: () => get<Order>(`/api/orders/${review.data?.orderId ?? ''}`),
    enabled: review.data !== undefined,
  });
  if (review.isError) return <Failed error={review.error} retry={() => void review.refetch()} />;
  if (order.isError) return <Failed error={order.error} retry={() => void order.refetch()} />;
  if (!review.data || !order.data) return <Loading rows={10} />;
  return <Reading key={reviewId} review={review.data} order={order.data} />;
}

function Reading({ review, order }: { review: Review; order: Order }) {
  const { t } = useTranslation(['quality', 'shell', 'imaging']);
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const Input = useMemo(() => {
    const pane = modules.find((each) => each.kind === review.center)?.InputPane;
    return pane && lazyPane(pane);
  }, [review.center]);
  const act = nextAct(review);
  const back = () => void navigate('/quality/reviews');
  useKeys({ escape: { label: t('shell:keys.back'), run: back } });
  const send = async (path: string, body: unknown) => {
    setBusy(true);
    try {
      await post(`/api/quality/reviews/${review.id}${path}`, body);
      await client.invalidateQueries({ queryKey: ['quality'] });
      back();
    } catch (error) {
      message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="hub-case">
      <div className="hub-case-body">
        <div className="hub-case-left">
          <ErrorBoundary resetKey={review.id}>
            <Suspense fallback={<Loading rows={8} />}>
              {Input && <Input order={order} reload={() => undefined} />}
            </Suspense>
          </ErrorBoundary>
        </div>
        <div className="hub-case-right">
          <div className="hub-panel" style={{ border: 0 }}>
            <div className="hub-bar">
              <h1 className="hub-title">
                {review.accessionNumber} {review.itemName}
              </h1>
              <span className="hub-grow" />
              <Button size="small" onClick={back}>
                {t('shell:keys.back')}
              </Button>
            </div>
            <p className="hub-quiet">
              {[
                t(`review.state.${review.state}`),
                `${t('column.reporter')} ${review.reporter ?? t('blind')}`,
                `${t('review.readings')} ${review.readings} / ${review.readingsWanted}`,
              ].join(' · ')}
            </p>
            <p className="hub-prewrap hub-result-text">{review.content.findings}</p>
            <p className="hub-prewrap hub-result-text">
              <strong>{review.content.impression}</strong>
            </p>
            {review.readingsShown?.map((each) => (
              <p key={each.reader} className="hub-quiet">
                {each.reader}: {t(`grade.${each.score}`)} {each.comment ?? ''}
              </p>
            ))}
            {review.conference && (
              <p>
                <b>{t('review.act.conference')}</b> {dateTime(review.conference.at)}{' '}
                {review.conference.participants.join('、')} · {t(`grade.${review.conference.score}`)} ·{' '}
                {review.conference.conclusion}
              </p>
            )}
            {review.score !== null && (
              <p>
                <b>{t('column.score')}</b>{' '}
                {[
                  t(`grade.${review.score}`),
                  ...(review.compliance?.faults ?? []).map((fault) => t(`fault.${fault}`)),
                ].join(' · ')}
              </p>
            )}
            {review.inputGrade && (
              <p>
                <b>{t(`review.input.${review.center}`)}</b>{' '}
                {[
                  t(`imaging:grade.${review.inputGrade}`),
                  ...review.inputFaults.map((fault) => inputFaultText(review.center, fault, t)),
                ].join(' · ')}
              </p>
            )}
            {review.appeal && (
              <p>
                <b>{t('review.appeal')}</b> {review.appeal}
              </p>
            )}
            {review.appealDecision && (
              <p>
                <b>{t('review.act.appeal')}</b> {review.appealDecision}
              </p>
            )}
            {act && (
              <ReviewForm
                review={review}
                act={act}
                busy={busy}
                onSend={(path, body) => void send(path, body)}
              />
            )}
          </div>
        </div>
      </div>
    </div>
  );
}
