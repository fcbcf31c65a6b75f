import { Button, Modal, Select, Space, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { ScanBox } from './ScanBox.tsx';
import { TubeLine } from './TubeLine.tsx';
import type { Tube } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

/** At the laboratory: scan tubes to accept them, or choose one and reject it with its coded reason. */
export default function ReceptionPage() {
  const { t, i18n } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [rejecting, setRejecting] = useState<string | null>(null);
  const [reason, setReason] = useState<string>();
  const [scanRejects, setScanRejects] = useState(false);
  const tubes = useLab<{ items: Tube[] }>(
    'lab/containers?state=arrived,in-transit,collected,missing&limit=200',
  );
  const reasons = useLab<{ items: { code: string; name: string; nameEn: string }[] }>(
    'lab/rejection-reasons',
  );
  const accept = (barcode: string) =>
    act(
      () => post<{ held: unknown[] }>('/api/lab/receive', { barcode }),
      (answer) =>
        t(answer.held.length > 0 ? 'said.receivedHeld' : 'said.received', {
          code: barcode,
          n: answer.held.length,
        }),
    );
  const reject = async () => {
    const done = await act(
      () =>
        post<{ recollection: { accessionNumber: string } | null }>('/api/lab/reject', {
          barcode: rejecting,
          reason,
        }),
      (answer) => t('said.rejected', { number: answer.recollection?.accessionNumber ?? '' }),
    );
    if (done !== undefined) setRejecting(null);
    setReason(undefined);
  };
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.reception')}</h1>
        <ScanBox
          label={t('scanTube')}
          busy={busy}
          onCode={(code) => (scanRejects ? setRejecting(code) : void accept(code))}
        />
        <label>
          <Switch checked={scanRejects} onChange={setScanRejects} /> {t('scanRejects')}
        </label>
      </div>
      <div className="hub-scroll lab-stack">
        {tubes.isPending ? (
          <Loading />
        ) : tubes.isError ? (
          <Failed error={tubes.error} retry={() => void tubes.refetch()} />
        ) : tubes.data.items.length === 0 ? (
          <Empty text={t('nothingToReceive')} />
        ) : (
          tubes.data.items.map((tube) => (
            <section key={tube.id} className="hub-panel">
              <TubeLine tube={tube}>
                <Space>
                  <Button type="primary" loading={busy} onClick={() => void accept(tube.barcode)}>
                    {t('accept')}
                  </Button>
                  <Button danger onClick={() => setRejecting(tube.barcode)}>
                    {t('reject')}
                  </Button>
                </Space>
              </TubeLine>
            </section>
          ))
        )}
      </div>
      <Modal
        open={rejecting !== null}
        title={t('rejectTitle', { code: rejecting ?? '' })}
        okText={t('reject')}
        okButtonProps={{ danger: true, disabled: !reason, loading: busy }}
        onOk={() => void reject()}
        onCancel={() => setRejecting(null)}
        destroyOnHidden
      >
        <p>{t('rejectWhat')}</p>
        <Select
          autoFocus
          style={{ width: '100%' }}
          aria-label={t('reason')}
          placeholder={t('reason')}
          {...(reason !== undefined && { value: reason })}
          onChange={setReason}
          options={(reasons.data?.items ?? []).map((one) => ({
            value: one.code,
            label: i18n.language === 'en-US' ? one.nameEn : one.name,
          }))}
        />
      </Modal>
    </div>
  );
}
