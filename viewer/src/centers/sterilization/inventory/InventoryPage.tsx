import { Input, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useScanner } from '../../../shell/useScanner.ts';
import { InstrumentsTab } from './InstrumentsTab.tsx';
import { LoanersTab } from './LoanersTab.tsx';
import { TraysTab } from './TraysTab.tsx';
import '../sterilization.css';

/** What the centre owns and minds: trays and instruments with their own code, and the vendors' sets. */
export default function InventoryPage() {
  const { t } = useTranslation('sterilization');
  const [search, setSearch] = useSearchParams();
  const tab = search.get('tab') ?? 'trays';
  const [q, setQ] = useState(search.get('q') ?? '');
  useScanner((code) => setQ(code));
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.inventory')}</h1>
        {tab !== 'loaners' && (
          <Input.Search
            key={q}
            style={{ width: 320 }}
            allowClear
            defaultValue={q}
            placeholder={t('inventory.search')}
            aria-label={t('inventory.search')}
            onSearch={setQ}
          />
        )}
      </div>
      <Tabs
        className="hub-scroll"
        activeKey={tab}
        onChange={(next) => setSearch({ tab: next }, { replace: true })}
        items={[
          { key: 'trays', label: t('inventory.trays'), children: <TraysTab q={q} /> },
          { key: 'instruments', label: t('inventory.instruments'), children: <InstrumentsTab q={q} /> },
          { key: 'loaners', label: t('inventory.loaners'), children: <LoanersTab /> },
        ]}
      />
    </div>
  );
}
