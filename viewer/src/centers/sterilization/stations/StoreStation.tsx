import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ScanField } from './ScanField.tsx';
import { useKept } from './useKept.ts';
import type { Station } from './useStation.ts';

const DEFECTS = ['wet', 'torn', 'dropped', 'expired'] as const;

/** Putting away: scan a shelf (anything that begins with a letter and a number), then packs. A bad pack is taken out. */
export function StoreStation({ station }: { station: Station }) {
  const { t } = useTranslation('sterilization');
  const [shelf, setShelf] = useKept('store.shelf', '');
  const [mode, setMode] = useState<string>('store');
  const scan = async (code: string) => {
    if (mode === 'reprocess')
      await station.act('reprocess', { codes: [code] }, code, t('station.store.reprocessed'));
    else if (mode !== 'store') {
      await station.act('reject', { code, defect: mode }, code, t(`defect.${mode}`));
      setMode('store'); // one pack at a time: the next scan stores again
    } else if (/^[A-Z]-?\d{1,3}(-\d{1,3})?$/.test(code)) {
      setShelf(code);
      station.say(code, 'ok', t('station.store.shelfSet'));
    } else if (shelf === '') station.say(code, 'wrong', t('station.store.shelfFirst'));
    else await station.act('store', { codes: [code], shelf }, code, t('station.store.done', { shelf }));
  };
  return (
    <>
      <ScanField label={t('station.store.scan')} onCode={(code) => void scan(code)} disabled={station.busy} />
      <Segmented
        size="large"
        block
        value={mode}
        onChange={setMode}
        options={[
          { value: 'store', label: t('act.stored') },
          ...DEFECTS.map((value) => ({ value, label: t(`defect.${value}`) })),
          { value: 'reprocess', label: t('station.store.reprocess') },
        ]}
      />
      <section className="cssd-card">
        <h2>
          {t('station.store.shelf')} {shelf === '' ? '—' : shelf}
        </h2>
        <p className="hub-quiet">
          {mode === 'store'
            ? t('station.store.hint')
            : mode === 'reprocess'
              ? t('station.store.reprocessHint')
              : t('station.store.rejectHint')}
        </p>
      </section>
    </>
  );
}
