import { App, Button, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { has } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { CorrectDialog } from './CorrectDialog.tsx';
import { PinDialog } from './PinDialog.tsx';
import { shown, type BenchTest } from './types.ts';
import { useLab } from './useLab.ts';

interface Props {
  orderId: string;
  status: string;
  rows: BenchTest[];
  reload: () => void;
}

/** Acts of the verifier beside the signature: release what is ready, correct what is out. */
export function ReleaseActions({ orderId, status, rows, reload }: Props) {
  const { t } = useTranslation(['lab', 'shell']);
  const { message } = App.useApp();
  const session = useSession();
  const [releasing, setReleasing] = useState(false);
  const [correcting, setCorrecting] = useState(false);
  if (!has(session, 'verifier', 'center-head')) return null;
  const ready = rows.filter((row) => ['technical', 'verified'].includes(row.result?.state ?? ''));
  const openStill = rows.some(
    (row) =>
      !['rejected', 'cancelled', 'released'].includes(row.state) &&
      (!ready.includes(row) || row.result?.preliminary === true),
  );
  const out = rows.filter((row) => row.result?.state === 'released');
  return (
    <Space wrap>
      {ready.length > 0 &&
        openStill &&
        ['received', 'claimed', 'partial', 'preliminary'].includes(status) && (
          <Button onClick={() => setReleasing(true)}>{t('partial.release', { n: ready.length })}</Button>
        )}
      {out.length > 0 && ['final', 'acknowledged', 'corrected'].includes(status) && (
        <Button danger onClick={() => setCorrecting(true)}>
          {t('correct.open')}
        </Button>
      )}
      <PinDialog
        open={releasing}
        title={t('partial.release', { n: ready.length })}
        okText={t('partial.ok')}
        onClose={() => setReleasing(false)}
        onOk={async (pin) => {
          const answer = await post<{ released: string[] }>(`/api/lab/orders/${orderId}/release`, { pin });
          void message.success(t('said.released', { n: answer.released.length }));
          reload();
        }}
      >
        <p>{t('partial.what')}</p>
        <p>{ready.map((row) => `${row.name} ${shown(row, row.result)}`).join('、')}</p>
      </PinDialog>
      {correcting && (
        <CorrectDialog
          orderId={orderId}
          rows={out}
          onClose={(done) => {
            setCorrecting(false);
            if (done) reload();
          }}
        />
      )}
      <PartialDocuments orderId={orderId} status={status} />
    </Space>
  );
}

/** Signed partial reports of an order that is not final yet. */
export function PartialDocuments({ orderId, status }: { orderId: string; status: string }) {
  const { t } = useTranslation('lab');
  const list = useLab<{ items: { number: number; kind: string }[] }>(
    `orders/${orderId}/reports`,
    ['partial', 'claimed', 'preliminary', 'final', 'acknowledged', 'corrected'].includes(status),
  );
  const partial = (list.data?.items ?? []).filter((one) => one.kind === 'partial');
  return partial.map((one) => (
    <a
      key={one.number}
      href={`/api/orders/${orderId}/report.pdf?number=${one.number}`}
      target="_blank"
      rel="noreferrer"
    >
      {t('partial.pdf', { n: one.number })}
    </a>
  ));
}
