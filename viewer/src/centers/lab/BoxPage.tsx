import { Alert, Button, Input, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams } from 'react-router';
import { post } from '../../api/client.ts';
import { may, worksIn } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { Temperature } from './BoxesPage.tsx';
import { ScanBox } from './ScanBox.tsx';
import { TubeLine } from './TubeLine.tsx';
import type { BoxDetail } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

/** One box: pack by scanning and seal at the site; open, scan and reconcile at the laboratory. */
export default function BoxPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { code = '' } = useParams();
  const session = useSession();
  const { act, busy } = useAct();
  const [seal, setSeal] = useState('');
  const box = useLab<BoxDetail>(`lab/boxes/${code}`);
  if (box.isPending) return <Loading />;
  if (box.isError) return <Failed error={box.error} retry={() => void box.refetch()} />;
  const data = box.data;
  const atLab = worksIn(session, 'lab');
  const pack = (barcode: string) =>
    act(
      () => post<{ count: number }>(`/api/lab/boxes/${data.id}/pack`, { barcode }),
      (answer) => t('said.packed', { code: barcode, n: answer.count }),
    );
  const receive = (barcode: string) =>
    act(
      () => post<{ held: unknown[] }>('/api/lab/receive', { barcode }),
      (answer) =>
        t(answer.held.length > 0 ? 'said.receivedHeld' : 'said.received', {
          code: barcode,
          n: answer.held.length,
        }),
    );
  const done = data.containers.filter((tube) =>
    ['accepted', 'rejected', 'stored', 'missing'].includes(tube.state),
  ).length;
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{data.code}</h1>
        <span>{t(`box.state.${data.state}`)}</span>
        <span className="hub-quiet">
          {data.fromName} → {data.toName} · {t('box.tubes')} {data.tubes}
          {data.sealNumber ? ` · ${t('box.seal')} ${data.sealNumber}` : ''}
        </span>
        <Temperature box={data} />
      </div>
      <div className="hub-scroll lab-stack">
        {data.sealIntact === false && <Alert type="error" showIcon title={t('box.sealBroken')} />}
        {data.state === 'open' && may(session, 'specimen.transport') && (
          <Space wrap>
            <ScanBox label={t('scanTube')} busy={busy} onCode={(barcode) => void pack(barcode)} />
            <Input
              style={{ width: 180 }}
              value={seal}
              onChange={(event) => setSeal(event.target.value)}
              placeholder={t('box.sealNumber')}
              aria-label={t('box.sealNumber')}
            />
            <Button
              type="primary"
              loading={busy}
              disabled={seal.trim().length < 3 || data.tubes === 0}
              onClick={() =>
                void act(
                  () => post(`/api/lab/boxes/${data.id}/seal`, { sealNumber: seal.trim() }),
                  () => t('said.sealed'),
                )
              }
            >
              {t('box.sealNow')}
            </Button>
          </Space>
        )}
        {atLab && ['sealed', 'in-transit'].includes(data.state) && (
          <Space wrap>
            <Button
              type="primary"
              loading={busy}
              onClick={() =>
                void act(
                  () => post('/api/lab/box-arrival', { code: data.code, sealIntact: true }),
                  () => t('said.arrived'),
                )
              }
            >
              {t('box.arriveIntact')}
            </Button>
            <Button
              danger
              loading={busy}
              onClick={() =>
                void act(
                  () => post('/api/lab/box-arrival', { code: data.code, sealIntact: false }),
                  () => t('said.arrived'),
                )
              }
            >
              {t('box.arriveBroken')}
            </Button>
          </Space>
        )}
        {atLab && data.state === 'arrived' && (
          <Space wrap>
            <ScanBox label={t('scanTube')} busy={busy} onCode={(barcode) => void receive(barcode)} />
            <span>{t('box.progress', { done, total: data.containers.length })}</span>
            <Button
              loading={busy}
              onClick={() =>
                void act(
                  () => post<{ missing: string[] }>(`/api/lab/boxes/${data.id}/reconcile`),
                  (answer) => t('said.reconciled', { n: answer.missing.length }),
                )
              }
            >
              {t('box.reconcile')}
            </Button>
          </Space>
        )}
        {data.containers.length === 0 && <Empty text={t('box.empty')} />}
        {data.containers.map((tube) => (
          <section key={tube.barcode} className="hub-panel">
            <TubeLine tube={tube} />
          </section>
        ))}
      </div>
    </div>
  );
}
