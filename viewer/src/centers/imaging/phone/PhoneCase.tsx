import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, App, Button, Input } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { get, post } from '../../../api/client.ts';
import type { Order } from '../../../api/types.ts';
import { currentRendering, startEngine } from '../../../panes/cornerstone/engine.ts';
import { CriticalDialog } from '../../../shell/critical/CriticalDialog.tsx';
import { PatientStrip } from '../../../shell/PatientStrip.tsx';
import { Empty, errorText, Failed, Loading } from '../../../shell/states.tsx';
import { Timeline } from '../../../shell/Timeline.tsx';
import ImagingReport from '../ImagingReport.tsx';
import { clearReading, setReading } from '../readingStore.ts';
import { studiesOf } from '../studies.ts';
import { PhoneImages } from './PhoneImages.tsx';

interface ReportText {
  phoneSigning: boolean;
  findings?: string;
  impression?: string;
}

/** One case on a phone: images, what is written, a remark, a critical call; signing where the centre allows it. */
export function PhoneCase({ orderId }: { orderId: string }) {
  const { t } = useTranslation(['imaging', 'shell']);
  const queries = useQueryClient();
  const [calling, setCalling] = useState(false);
  const [ready, setReady] = useState(currentRendering() !== null);
  const [failure, setFailure] = useState<unknown>(null);
  const order = useQuery({
    queryKey: ['order', orderId],
    queryFn: () => get<Order>(`/api/orders/${orderId}`),
    gcTime: 0,
  });
  const report = useQuery({
    queryKey: ['order', orderId, 'phone-report'],
    queryFn: () => get<ReportText>(`/api/orders/${orderId}/report`),
    gcTime: 0,
  });
  useEffect(() => {
    startEngine().then(() => setReady(true), setFailure);
    return () => clearReading(orderId);
  }, [orderId]);
  const studies = useMemo(() => (order.data ? studiesOf(order.data) : []), [order.data]);
  const none = order.data !== undefined && studies.length === 0;
  useEffect(() => {
    if (failure || none) setReading(orderId, { quality: failure ? 'failed' : 'none' });
  }, [orderId, failure, none]);
  if (order.isError) return <Failed error={order.error} retry={() => void order.refetch()} />;
  if (!order.data) return <Loading rows={8} />;
  /** The case, its report and its timeline. */
  const reload = () => void queries.invalidateQueries({ queryKey: ['order', orderId] });
  return (
    <>
      <Link className="img-phone-back" to="/imaging/phone">
        ← {t('imaging:phone.title')}
      </Link>
      <PatientStrip order={order.data} />
      {failure ? (
        <Failed error={failure} />
      ) : none ? (
        <Empty text={t(order.data.status === 'requested' ? 'imaging:notYet' : 'imaging:noImages')} />
      ) : ready ? (
        <PhoneImages orderId={orderId} studies={studies} />
      ) : (
        <Loading rows={6} />
      )}
      {report.data?.phoneSigning ? (
        <ImagingReport order={order.data} reload={reload} />
      ) : (
        <section className="img-phone-report">
          {(['findings', 'impression'] as const).map((name) => (
            <div key={name}>
              <b>{t(`imaging:phone.${name}`)}</b>
              <p className="hub-prewrap">{report.data?.[name] || t('imaging:phone.noText')}</p>
            </div>
          ))}
          {report.data && <Alert type="info" title={t('imaging:phone.noSigning')} />}
          <Button danger block size="large" onClick={() => setCalling(true)}>
            {t('shell:action.critical')}
          </Button>
          <CriticalDialog open={calling} order={order.data} onClose={() => setCalling(false)} />
        </section>
      )}
      <Remark orderId={orderId} reload={reload} />
      <Timeline orderId={orderId} />
    </>
  );
}

function Remark({ orderId, reload }: { orderId: string; reload: () => void }) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    try {
      await post(`/api/imaging/orders/${orderId}/comment`, { text: text.trim() });
      setText('');
      message.success(t('imaging:phone.sent'));
      reload();
    } catch (error) {
      message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="img-phone-report">
      <label htmlFor="phone-remark">
        <b>{t('imaging:phone.comment')}</b>
      </label>
      <Input.TextArea
        id="phone-remark"
        value={text}
        maxLength={500}
        autoSize={{ minRows: 2, maxRows: 6 }}
        placeholder={t('imaging:phone.commentHint')}
        onChange={(event) => setText(event.target.value)}
      />
      <Button block size="large" loading={busy} disabled={text.trim() === ''} onClick={() => void send()}>
        {t('imaging:phone.send')}
      </Button>
    </section>
  );
}
