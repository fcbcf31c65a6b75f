import { Segmented, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { query } from '../../api/client.ts';
import { SpanPicker } from './SpanPicker.tsx';
import { useSpan } from './useSpan.ts';
import { Assignment } from './work/Assignment.tsx';
import { InputFeedback } from './work/InputFeedback.tsx';
import { Notes } from './work/Notes.tsx';
import { Workload } from './work/Workload.tsx';

const CENTERS = ['imaging', 'ecg', 'lab', 'pathology'] as const;

/** Work per reader and shift, fair assignment, image feedback and training notes. No money anywhere. */
export default function WorkPage() {
  const { t } = useTranslation(['quality', 'shell', 'imaging']);
  const [span, setSpan] = useSpan();
  const [center, setCenter] = useState<(typeof CENTERS)[number]>('imaging');
  const filter = query({ ...span, center });
  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.work')}</h1>
        <Segmented
          value={center}
          onChange={setCenter}
          options={CENTERS.map((value) => ({ value, label: t(`area.${value}`) }))}
        />
        <span className="hub-grow" />
        <SpanPicker span={span} onChange={setSpan} />
      </div>
      <Tabs
        size="small"
        items={[
          { key: 'load', label: t('work.load'), children: <Workload filter={filter} /> },
          { key: 'rules', label: t('work.assignment'), children: <Assignment /> },
          {
            key: 'feedback',
            label: t('work.feedback'),
            children: <InputFeedback filter={query({ ...span })} />,
          },
          { key: 'notes', label: t('work.notes'), children: <Notes center={center} /> },
        ]}
      />
    </div>
  );
}
