import { Alert, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { Failed, Loading } from '../../../shell/states.tsx';
import type { Site } from '../types.ts';
import { useSterilization } from '../useSterilization.ts';
import { AwayTab } from './AwayTab.tsx';
import { ReceiveTab } from './ReceiveTab.tsx';
import { RequestTab } from './RequestTab.tsx';
import { ReturnTab } from './ReturnTab.tsx';
import { StockTab } from './StockTab.tsx';
import { UseTab } from './UseTab.tsx';
import '../sterilization.css';

/** A township's page: own sterile stock, receive, use, hand over used sets, ask for packs, where its sets are. */
export default function SitePage() {
  const { t } = useTranslation('sterilization');
  const [search, setSearch] = useSearchParams();
  const site = useSterilization<Site>('site');
  if (site.isPending) return <Loading />;
  if (site.isError) return <Failed error={site.error} retry={() => void site.refetch()} />;
  const { data } = site;
  const urgent = data.recalls.filter((recall) => !recall.acknowledgedAt || recall.open > 0);
  return (
    <div className="hub-page">
      <h1>{t('site.title')}</h1>
      {urgent.map((recall) => (
        <Alert
          key={recall.recallId}
          type="error"
          showIcon
          title={t('site.recall', { number: recall.number, packs: recall.packs, used: recall.usedPacks })}
          action={<Link to={`/sterilization/recalls/${recall.recallId}`}>{t('site.recallOpen')}</Link>}
        />
      ))}
      <Tabs
        className="hub-scroll"
        activeKey={search.get('tab') ?? 'stock'}
        onChange={(tab) => setSearch({ tab })}
        destroyOnHidden
        items={[
          { key: 'stock', label: t('site.stock'), children: <StockTab site={data} /> },
          {
            key: 'receive',
            label:
              data.incoming.length > 0
                ? t('site.receiveCount', { n: data.incoming.length })
                : t('site.receive'),
            children: <ReceiveTab site={data} />,
          },
          { key: 'use', label: t('site.use'), children: <UseTab /> },
          { key: 'return', label: t('site.return'), children: <ReturnTab /> },
          { key: 'request', label: t('site.request'), children: <RequestTab site={data} /> },
          { key: 'away', label: t('site.away'), children: <AwayTab site={data} /> },
        ]}
      />
    </div>
  );
}
