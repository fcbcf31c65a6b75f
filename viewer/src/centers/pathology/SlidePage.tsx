import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import './pathology.css';
import { SlideRoom } from './slide/SlideRoom.tsx';

/** One slide outside a case: teaching, or waiting for its case. */
export default function SlidePage() {
  const { t } = useTranslation('pathology');
  const { slideId = '' } = useParams();
  const session = useSession();
  return (
    <div className="path-slide-page">
      <SlideRoom
        key={slideId}
        slides={[{ id: slideId, title: t('slides.one') }]}
        canWrite={may(session, 'report.write') && session.centers.includes('pathology')}
      />
    </div>
  );
}
