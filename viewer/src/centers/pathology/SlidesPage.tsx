import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import './pathology.css';
import { SlideUpload } from './SlideUpload.tsx';
import { useAct } from './useAct.ts';

interface Row {
  id: string;
  orderId: string | null;
  pathologyNumber: string | null;
  stain: string | null;
  state: string;
  width: number | null;
  height: number | null;
  barcode: string | null;
  teaching: boolean;
  teachingNote: string | null;
  synthetic: boolean;
  createdAt: string;
}

/** Slides that wait for a case, and the teaching collection. */
export default function SlidesPage() {
  const { t } = useTranslation(['pathology', 'shell']);
  const [which, setWhich] = useState('teaching');
  const list = useQuery({
    queryKey: ['pathology', 'slides', which],
    queryFn: () => get<{ items: Row[] }>(`/api/pathology/slides?${which}=true`),
  });
  const { act, busy } = useAct(() => void list.refetch());
  const propose = (id: string) =>
    act(async () => {
      const { proposedOrderId } = await get<{ proposedOrderId: string | null }>(
        `/api/pathology/slides/${id}`,
      );
      if (!proposedOrderId) throw new Error(t('slides.noProposal'));
      await post(`/api/pathology/slides/${id}/join`, { orderId: proposedOrderId });
    }, t('slides.joined'));
  return (
    <div className="path-page">
      <div className="hub-row">
        <Segmented
          value={which}
          aria-label={t('nav.slides')}
          options={['teaching', 'unjoined'].map((value) => ({ value, label: t(`slides.${value}`) }))}
          onChange={(value: string) => setWhich(value)}
        />
        <span className="hub-grow" />
        <SlideUpload done={() => void list.refetch()} />
      </div>
      {list.isPending && <Loading />}
      {list.isError && <Failed error={list.error} retry={() => void list.refetch()} />}
      {list.data?.items.length === 0 && <Empty text={t(`slides.${which}Empty`)} />}
      <div className="path-cards">
        {list.data?.items.map((slide) => (
          <article key={slide.id} className="path-card">
            <Link to={`/pathology/slides/${slide.id}`}>
              <img
                src={`/api/pathology/slides/${slide.id}/images/thumbnail`}
                alt={t('slides.open', { stain: slide.stain ?? '' })}
                loading="lazy"
              />
            </Link>
            <div>
              <strong>{slide.stain}</strong>{' '}
              {slide.synthetic && <span className="hub-tone-warn">{t('slide.synthetic')}</span>}
            </div>
            <div className="hub-num">
              {slide.width?.toLocaleString()} × {slide.height?.toLocaleString()}
            </div>
            <div className="hub-quiet">{slide.teachingNote ?? slide.barcode}</div>
            <div className="hub-quiet">{dateTime(slide.createdAt)}</div>
            {which === 'unjoined' && (
              <Button size="small" loading={busy} onClick={() => void propose(slide.id)}>
                {t('slides.join')}
              </Button>
            )}
          </article>
        ))}
      </div>
    </div>
  );
}
