import { Button, Space, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { Temperature } from './BoxesPage.tsx';
import { RejectDialog } from './RejectDialog.tsx';
import { ScanBox } from './ScanBox.tsx';
import { TubeLine } from './TubeLine.tsx';
import type { Box, Tube } from './types.ts';
import { useAccept } from './useAccept.ts';
import { useLab } from './useLab.ts';
import './lab.css';

/**
 * At the laboratory: scan a box to open and reconcile it, scan tubes to accept them, or choose one and reject it with
 * its coded reason.
 */
export default function ReceptionPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const navigate = useNavigate();
  const { accept, busy } = useAccept();
  const [rejecting, setRejecting] = useState<string | null>(null);
  const [scanRejects, setScanRejects] = useState(false);
  const boxes = useLab<{ items: Box[] }>('lab/boxes?state=sealed,in-transit,arrived&limit=50');
  const tubes = useLab<{ items: Tube[] }>(
    'lab/containers?state=arrived,in-transit,collected,missing&limit=200',
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
          <ListTable<Box>
            name={t('nav.boxes')}
            rowKey="id"
            rows={boxes.data.items}
            empty={t('box.none')}
            columns={[
              {
                title: t('box.code'),
                text: (box) => box.code,
                render: (box) => (
                  <Link className="lab-code" to={`/lab/boxes/${box.code}`}>
                    {box.code}
                  </Link>
                ),
              },
              { title: t('box.from'), text: (box) => box.fromName },
              { title: t('box.tubes'), align: 'right', text: (box) => box.tubes },
              { title: t('col.state'), text: (box) => t(`box.state.${box.state}`) },
              { title: t('box.courier'), text: (box) => box.courierName },
              {
                title: t('box.temperature'),
                text: (box) => box.warmest,
                render: (box) => <Temperature box={box} />,
              },
              {
                title: t('box.last'),
                text: (box) => dateTime(box.arrivedAt ?? box.handedAt ?? box.sealedAt),
              },
              {
                title: '',
                render: (box) => (
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
