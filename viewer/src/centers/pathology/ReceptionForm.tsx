import { Button, Input, Radio, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { useScanner } from '../../shell/useScanner.ts';
import type { CaseFacts } from './types.ts';
import { useAct } from './useAct.ts';

const reasons = [
  'no-fixative',
  'too-little-fixative',
  'fixation-too-late',
  'unlabelled',
  'label-disagrees',
  'site-disagrees',
  'count-disagrees',
  'leaking',
  'dried-out',
  'wrong-container',
  'no-clinical-information',
  'no-tissue',
  'other',
];

/** Reception of a case: every jar is scanned or ticked; rejection and reservation ask for coded reasons. */
export function ReceptionForm({
  order,
  facts,
  close,
  reload,
}: {
  order: Order;
  facts: CaseFacts;
  close: () => void;
  reload: () => void;
}) {
  const { t } = useTranslation(['pathology', 'shell']);
  const [outcome, setOutcome] = useState('accepted');
  const [why, setWhy] = useState<string[]>([]);
  const [note, setNote] = useState('');
  const [jars, setJars] = useState<string[]>(() => facts.containers.map(({ barcode }) => barcode));
  const [touched, setTouched] = useState(false);
  const { act, busy } = useAct(() => {
    close();
    reload();
  });
  useScanner((code) => {
    // the first scan says that jars are counted one by one
    setJars((before) => [...new Set(touched ? [...before, code] : [code])]);
    setTouched(true);
  });
  const body = {
    outcome,
    reasons: outcome === 'accepted' ? [] : why,
    ...(note && { note }),
    ...(touched && { containers: jars }),
  };
  return (
    <section className="hub-panel path-form" aria-label={t('flow.receive')}>
      <Radio.Group
        value={outcome}
        onChange={(event) => setOutcome(String(event.target.value))}
        optionType="button"
        options={['accepted', 'conditional', 'rejected'].map((value) => ({
          value,
          label: t(`outcome.${value}`),
        }))}
      />
      <div>
        {t('flow.jarsAtHand')}{' '}
        <Select
          mode="multiple"
          size="small"
          style={{ minWidth: 300 }}
          aria-label={t('flow.jarsAtHand')}
          value={jars}
          options={facts.containers.map(({ barcode }) => ({ value: barcode, label: barcode }))}
          onChange={(chosen: string[]) => {
            setJars(chosen);
            setTouched(true);
          }}
        />
      </div>
      {outcome !== 'accepted' && (
        <Select
          mode="multiple"
          placeholder={t('flow.reasons')}
          aria-label={t('flow.reasons')}
          value={why}
          options={reasons.map((value) => ({ value, label: t(`reason.${value}`) }))}
          onChange={setWhy}
        />
      )}
      <Input
        value={note}
        maxLength={500}
        placeholder={t('flow.note')}
        aria-label={t('flow.note')}
        onChange={(event) => setNote(event.target.value)}
      />
      <div className="hub-row">
        <Button
          type="primary"
          danger={outcome === 'rejected'}
          loading={busy}
          disabled={outcome !== 'accepted' && why.length === 0}
          onClick={() =>
            void act(() => post(`/api/pathology/cases/${order.id}/reception`, body), t(`outcome.${outcome}`))
          }
        >
          {t('flow.confirm')}
        </Button>
        <Button onClick={close}>{t('shell:action.cancel')}</Button>
      </div>
    </section>
  );
}
