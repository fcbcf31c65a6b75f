import { Alert, App, Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CasePaneProps } from '../contract.ts';
import { errorText } from '../../shell/states.tsx';
import { differenceText } from './differenceText.ts';
import { FaultWords } from './FaultWords.tsx';
import { sendRecording, type Sent } from './upload/sendRecording.ts';

/** The township sends the file of its machine for this order; several files are a WFDB record. */
export default function SubmitRecording({ order, reload }: CasePaneProps) {
  const { t } = useTranslation(['ecg', 'shell']);
  const { message } = App.useApp();
  const input = useRef<HTMLInputElement>(null);
  const [sent, setSent] = useState<Sent | null>(null);
  const [busy, setBusy] = useState(false);
  const send = async (files: File[]) => {
    if (files.length === 0) return;
    setBusy(true);
    try {
      setSent(await sendRecording(files, order.id));
      reload();
    } catch (error) {
      void message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  const waits = sent?.join?.state === 'mismatch' || sent?.join?.state === 'ambiguous';
  return (
    <section aria-label={t('ecg:submit.title')}>
      <h3>{t('ecg:submit.title')}</h3>
      <p className="hub-quiet">{t('ecg:submit.how')}</p>
      <Button type="primary" loading={busy} onClick={() => input.current?.click()}>
        {t('ecg:submit.choose')}
      </Button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={t('ecg:submit.choose')}
        onChange={(event) => {
          void send([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      {sent?.status === 'quarantine' && (
        <Alert
          type="error"
          showIcon
          title={t('ecg:submit.quarantine')}
          description={<FaultWords fault={sent.fault} reason={sent.reason ?? ''} />}
          style={{ marginTop: 8 }}
        />
      )}
      {sent && sent.status !== 'quarantine' && (
        <Alert
          style={{ marginTop: 8 }}
          type={waits ? 'warning' : 'success'}
          showIcon
          title={t(
            waits
              ? 'ecg:submit.mismatch'
              : sent.status === 'duplicate'
                ? 'ecg:submit.duplicate'
                : 'ecg:submit.stored',
            { format: t(`ecg:format.${sent.format}`) },
          )}
          description={
            waits ? (
              <>
                {t('ecg:submit.mismatchHow', {
                  what: differenceText(sent.join?.differences ?? [], t),
                })}
                {sent.join?.accessionNumber && (
                  <div>{t('ecg:submit.emergencyMeanwhile', { number: sent.join.accessionNumber })}</div>
                )}
              </>
            ) : undefined
          }
        />
      )}
    </section>
  );
}
