import { Button, Space, Switch, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { Temperature } from './BoxesPage.tsx';
import { RejectDialog } from './RejectDialog.tsx';
import { ScanBox } from './ScanBox.tsx';
import { TubeLine } from './TubeLine.tsx';
import type { Box, Tube } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

/**
 * At the laboratory: scan a box to open and reconcile it, scan tubes to accept them, or choose one and reject it with
 * its coded reason.
 */
export default function ReceptionPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const navigate = useNavigate();
  const { act, busy } = useAct();
  const [rejecting, setRejecting] = useState<string | null>(null);
  const [scanRejects, setScanRejects] = useState(false);
  const boxes = useLab<{ items: Box[] }>('lab/boxes?state=sealed,in-transit,arrived&limit=50');
  const tubes = useLab<{ items: Tube[] }>(
    'lab/containers?state=arrived,in-transit,collected,missing&limit=200',
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
  const scanned = (code: string) => {
    if (boxes.data?.items.some((box) => box.code === code)) void navigate(`/lab/boxes/${code}`);
    else if (scanRejects) setRejecting(code);
    else void accept(code);
  };
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.reception')}</h1>
        <ScanBox label={t('scanBoxOrTube')} busy={busy} onCode={scanned} />
        <label>
          <Switch checked={scanRejects} onChange={setScanRejects} /> {t('scanRejects')}
        </label>
      </div>
      <div className="hub-scroll lab-stack">
        {boxes.data && boxes.data.items.length > 0 && (
          <Table
            size="small"
            rowKey="id"
            pagination={false}
            dataSource={boxes.data.items}
            columns={[
              {
                title: t('box.code'),
                render: (_, box) => (
                  <Link className="lab-code" to={`/lab/boxes/${box.code}`}>
                    {box.code}
                  </Link>
                ),
              },
              { title: t('box.from'), dataIndex: 'fromName' },
              { title: t('box.tubes'), dataIndex: 'tubes', align: 'right' },
              { title: t('col.state'), render: (_, box) => t(`box.state.${box.state}`) },
              { title: t('box.courier'), dataIndex: 'courierName' },
              { title: t('box.temperature'), render: (_, box) => <Temperature box={box} /> },
              {
                title: t('box.last'),
                render: (_, box) => dateTime(box.arrivedAt ?? box.handedAt ?? box.sealedAt),
              },
              {
                title: '',
                render: (_, box) => (
                  <Button type="link" onClick={() => void navigate(`/lab/boxes/${box.code}`)}>
                    {t(box.state === 'arrived' ? 'box.goOn' : 'box.openNow')}
                  </Button>
                ),
              },
            ]}
          />
        )}
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
      {rejecting !== null && <RejectDialog barcode={rejecting} onClose={() => setRejecting(null)} />}
    </div>
  );
}
