import { useQuery } from '@tanstack/react-query';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import './pathology.css';
import { JoinSlide } from './JoinSlide.tsx';
import { SlideUpload } from './SlideUpload.tsx';

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
  const [joining, setJoining] = useState<Row | null>(null);
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
            {slide.state === 'ready' ? (
              <Link to={`/pathology/slides/${slide.id}`}>
                <img
                  src={`/api/pathology/slides/${slide.id}/images/thumbnail`}
                  alt={t('slides.open', { stain: slide.stain ?? '' })}
                  loading="lazy"
                />
              </Link>
            ) : (
              <span className="hub-quiet">{t('slides.uploading')}</span>
            )}
            <div>
              <strong>{slide.stain}</strong>{' '}
              {slide.synthetic && <span className="hub-tone-warn">{t('slide.synthetic')}</span>}
            </div>
            <div className="hub-num">
              {slide.width?.toLocaleString()} × {slide.height?.toLocaleString()}
            </div>
            <div className="hub-quiet">{slide.teachingNote ?? slide.barcode}</div>
            <div className="hub-quiet">{dateTime(slide.createdAt)}</div>
            {which === 'unjoined' && slide.state === 'ready' && (
              <Button size="small" onClick={() => setJoining(slide)}>
                {t('slides.join')}
              </Button>
            )}
          </article>
        ))}
      </div>
      {joining && (
        <JoinSlide
          key={joining.id}
          slide={joining}
          close={() => setJoining(null)}
          joined={() => {
            setJoining(null);
            void list.refetch();
          }}
        />
      )}
    </div>
  );
}
