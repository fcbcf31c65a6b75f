import { Alert, App, Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { call } from '../../api/client.ts';
import type { CasePaneProps } from '../contract.ts';
import { errorText } from '../../shell/states.tsx';

interface Sent {
  id?: string;
  status: string;
  format?: string;
  reason?: string;
  join?: { state: string; differences: { field: string; input: string; order: string }[] } | null;
}

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
      const path = `/api/ecg/recordings?orderId=${order.id}`;
      const [only] = files;
      let init: RequestInit;
      if (files.length === 1 && only)
        init = {
          body: only,
          headers: {
            'content-type': 'application/octet-stream',
            'x-file-name': encodeURIComponent(only.name),
          },
        };
      else {
        const form = new FormData();
        for (const file of files) form.append('file', file, file.name);
        init = { body: form };
      }
      setSent((await call<Sent>('POST', path, init)).data);
      reload();
    } catch (error) {
      void message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
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
          description={sent.reason}
          style={{ marginTop: 8 }}
        />
      )}
      {sent && sent.status !== 'quarantine' && (
        <Alert
          style={{ marginTop: 8 }}
          type={sent.join && sent.join.differences.length > 0 ? 'warning' : 'success'}
          showIcon
          title={t(sent.status === 'duplicate' ? 'ecg:submit.duplicate' : 'ecg:submit.stored', {
            format: sent.format,
          })}
          description={
            sent.join && sent.join.differences.length > 0
              ? t('ecg:patientDiffers', {
                  what: sent.join.differences
                    .map((d) => `${t(`ecg:field.${d.field}`)} ${d.input || '—'} ≠ ${d.order || '—'}`)
                    .join(';'),
                })
              : undefined
          }
        />
      )}
    </section>
  );
}
