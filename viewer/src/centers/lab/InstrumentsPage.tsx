import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { InstrumentList } from './instruments/InstrumentList.tsx';
import { MappingList } from './instruments/MappingList.tsx';
import './lab.css';

const VIEWS = ['codes', 'analyzers'] as const;

/** Analyzers, and what their codes and units mean. */
export default function InstrumentsPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const [view, setView] = useState<(typeof VIEWS)[number]>('codes');
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.instruments')}</h1>
        <Segmented
          value={view}
          onChange={setView}
          options={VIEWS.map((value) => ({ value, label: t(`instrument.view.${value}`) }))}
        />
      </div>
      <div className="hub-scroll">{view === 'codes' ? <MappingList /> : <InstrumentList />}</div>
    </div>
  );
}
