import { Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { may } from '../shell/access.ts';
import { useSession } from '../shell/session.tsx';
import { CardsArea } from './notifiable/CardsArea.tsx';
import { RulesArea } from './notifiable/RulesArea.tsx';
import { SummaryArea } from './notifiable/SummaryArea.tsx';

const areas = ['cards', 'summary', 'rules'] as const;

/** Notifiable diseases: the cards, for quality staff also who reported late, and the rules with their versions. */
export default function NotifiablePage() {
  const { t } = useTranslation(['notifiable', 'shell']);
  const session = useSession();
  const [search, setSearch] = useSearchParams();
  const overview = may(session, 'quality.read');
  const area = (overview && areas.find((each) => each === search.get('area'))) || 'cards';
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('title')}</h1>
        {overview && (
          <Segmented
            value={area}
            onChange={(value) => setSearch(value === 'cards' ? {} : { area: value })}
            options={areas.map((each) => ({ value: each, label: t(`areas.${each}`) }))}
          />
        )}
      </div>
      {area === 'cards' ? <CardsArea /> : area === 'summary' ? <SummaryArea /> : <RulesArea />}
    </div>
  );
}
