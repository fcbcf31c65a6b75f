import { Alert, App, Button, Input, Popconfirm, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { post } from '../../api/client.ts';
import { may, worksIn } from '../../shell/access.ts';
import { Chart } from '../../shell/Chart.tsx';
import { chartTime, dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { ListTable } from '../../shell/ListTable.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { Temperature } from './BoxesPage.tsx';
import { RejectDialog } from './RejectDialog.tsx';
import { ScanBox } from './ScanBox.tsx';
import { toneOfTube } from './TubeLine.tsx';
import type { BoxDetail } from './types.ts';
import { useAccept } from './useAccept.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

const DONE = ['accepted', 'rejected', 'stored', 'discarded', 'missing'];

/** One box: pack by scanning and seal at the site; open, scan and reconcile at the laboratory. */
export default function BoxPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { code = '' } = useParams();
  const session = useSession();
  const box = useLab<BoxDetail>(`lab/boxes/${code}`);
  if (box.isPending) return <Loading />;
  if (box.isError) return <Failed error={box.error} retry={() => void box.refetch()} />;
  const data = box.data;
  const atLab = worksIn(session, 'lab');
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{data.code}</h1>
        <span>{t(`box.state.${data.state}`)}</span>
        <span className="hub-quiet">
          {data.fromName} → {data.toName} · {t('box.tubes')} {data.tubes}
          {data.sealNumber ? ` · ${t('box.seal')} ${data.sealNumber}` : ''}
          {data.courierName ? ` · ${data.courierName}` : ''}
        </span>
        <Temperature box={data} />
      </div>
      <div className="hub-scroll lab-stack">
        {data.sealIntact === false && <Alert type="error" showIcon title={t('box.sealBroken')} />}
        {data.state === 'open' && may(session, 'specimen.transport') && <Pack box={data} />}
        {atLab && ['sealed', 'in-transit'].includes(data.state) && <Arrive box={data} />}
        {atLab && data.state === 'arrived' && <Reconcile box={data} />}
        <Outcome box={data} />
        <Manifest box={data} atLab={atLab} />
        {data.temperatures.length > 0 && <Log box={data} />}
      </div>
    </div>
  );
}

function Pack({ box }: { box: BoxDetail }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [seal, setSeal] = useState('');
  const pack = (barcode: string) =>
    act(
      () => post<{ count: number }>(`/api/lab/boxes/${box.id}/pack`, { barcode }),
      (answer) => t('said.packed', { code: barcode, n: answer.count }),
    );
  return (
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
        disabled={seal.trim().length < 3 || box.tubes === 0}
        onClick={() =>
          void act(
            () => post(`/api/lab/boxes/${box.id}/seal`, { sealNumber: seal.trim() }),
            () => t('said.sealed'),
          )
        }
      >
        {t('box.sealNow')}
      </Button>
    </Space>
  );
}

function Arrive({ box }: { box: BoxDetail }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const arrive = (sealIntact: boolean) =>
    void act(
      () => post('/api/lab/box-arrival', { code: box.code, sealIntact }),
      () => t('said.arrived'),
    );
  return (
    <Space wrap>
      <Button type="primary" loading={busy} onClick={() => arrive(true)}>
        {t('box.arriveIntact')}
      </Button>
      <Button danger loading={busy} onClick={() => arrive(false)}>
        {t('box.arriveBroken')}
      </Button>
    </Space>
  );
}

/** Every tube scanned: in the manifest → accepted; not in it → noted as extra, then accepted if it is known. */
function Reconcile({ box }: { box: BoxDetail }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { message } = App.useApp();
  const { act, busy } = useAct();
  const { accept } = useAccept();
  const open = box.containers.filter((tube) => !DONE.includes(tube.state));
  const receive = async (barcode: string) => {
    if (!box.containers.some((tube) => tube.barcode === barcode)) {
      const extra = await act(() =>
        post<{ known: boolean; state: string | null }>(`/api/lab/boxes/${box.id}/extra`, { barcode }),
      );
      if (!extra) return;
      void message.warning(t(extra.known ? 'box.extraKnown' : 'box.extraUnknown', { code: barcode }), 6);
      if (!extra.known || extra.state === 'planned' || (extra.state && DONE.includes(extra.state))) return;
    }
    await accept(barcode);
  };
  const close = () =>
    act(
      () => post<{ missing: string[]; extra: string[] }>(`/api/lab/boxes/${box.id}/reconcile`),
      (answer) => t('said.reconciled', { n: answer.missing.length, extra: answer.extra.length }),
    );
  return (
    <Space wrap>
      <ScanBox label={t('scanTube')} busy={busy} onCode={(barcode) => void receive(barcode)} />
      <b className={open.length > 0 ? 'hub-tone-warn' : 'hub-tone-done'}>
        {t('box.progress', { done: box.containers.length - open.length, total: box.containers.length })}
      </b>
      <Popconfirm
        title={open.length > 0 ? t('box.missingTitle', { n: open.length }) : t('box.reconcile')}
        description={open.length > 0 ? open.map((tube) => tube.barcode).join('、') : t('box.allThere')}
        okText={t('box.reconcile')}
        onConfirm={() => void close()}
      >
        <Button loading={busy}>{t('box.reconcile')}</Button>
      </Popconfirm>
    </Space>
  );
}

function Outcome({ box }: { box: BoxDetail }) {
  const { t } = useTranslation('lab');
  const of = (state: string) => box.containers.filter((tube) => tube.state === state);
  const missing = of('missing');
  const rejected = of('rejected');
  const extras = box.extras ?? [];
  if (missing.length + rejected.length + extras.length === 0) return null;
  const line = (title: string, codes: string[]) =>
    codes.length > 0 && (
      <div>
        <b>{title}</b> {codes.join('、')}
      </div>
    );
  return (
    <Alert
      type="warning"
      showIcon
      title={t('box.differences')}
      description={
        <>
          {line(
            t('box.missing', { n: missing.length }),
            missing.map((tube) => tube.barcode),
          )}
          {line(
            t('box.rejected', { n: rejected.length }),
            rejected.map((tube) => tube.barcode),
          )}
          {line(
            t('box.extra', { n: extras.length }),
            extras.map((one) => `${one.barcode}${one.state ? '' : `（${t('box.unknown')}）`}`),
          )}
        </>
      }
    />
  );
}

function Manifest({ box, atLab }: { box: BoxDetail; atLab: boolean }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { accept, busy } = useAccept();
  const [rejecting, setRejecting] = useState<string | null>(null);
  return (
    <>
      <ListTable
        name={box.code}
        rowKey="barcode"
        rows={box.containers}
        empty={t('box.empty')}
        columns={[
          {
            title: t('col.tube'),
            text: (tube) => tube.barcode,
            render: (tube) => (
              <Link className="lab-code" to={`/lab/tubes/${tube.barcode}`}>
                <span className="lab-cap" style={{ background: tube.color }} /> {tube.barcode}
              </Link>
            ),
          },
          { title: t('col.tubeType'), text: (tube) => tube.tubeName },
          { person: true, title: t('col.patient'), text: (tube) => tube.patientName },
          { title: t('col.accession'), text: (tube) => tube.accessionNumber },
          { title: t('col.items'), wrap: 260, text: (tube) => tube.itemName },
          { title: t('collectedAt'), text: (tube) => dateTime(tube.collectedAt) },
          {
            title: t('col.state'),
            text: (tube) => t(`tube.${tube.state}`),
            render: (tube) => (
              <span className={`hub-tone-${toneOfTube(tube.state)}`}>{t(`tube.${tube.state}`)}</span>
            ),
          },
          {
            title: '',
            fixed: 'right',
            render: (tube) =>
              atLab &&
              box.state === 'arrived' &&
              !DONE.includes(tube.state) && (
                <Space>
                  <Button size="small" loading={busy} onClick={() => void accept(tube.barcode)}>
                    {t('accept')}
                  </Button>
                  <Button size="small" danger onClick={() => setRejecting(tube.barcode)}>
                    {t('reject')}
                  </Button>
                </Space>
              ),
          },
        ]}
      />
      {rejecting !== null && <RejectDialog barcode={rejecting} onClose={() => setRejecting(null)} />}
    </>
  );
}

function Log({ box }: { box: BoxDetail }) {
  const { t } = useTranslation('lab');
  const limit = (value: number) => ({ yAxis: value, label: { formatter: `${value} ℃` } });
  return (
    <section className="hub-panel">
      <Chart
        title={t('box.temperature')}
        height={200}
        option={{
          xAxis: { type: 'time' },
          yAxis: { type: 'value', scale: true, name: '℃' },
          tooltip: { trigger: 'axis' },
          series: [
            {
              type: 'line',
              data: box.temperatures.map((one) => [chartTime(one.at), one.celsius]),
              markLine: {
                silent: true,
                symbol: 'none',
                data: [limit(box.minCelsius), limit(box.maxCelsius)],
              },
            },
          ],
        }}
        table={{
          columns: [t('col.at'), '℃'],
          rows: box.temperatures.map((one) => [dateTime(one.at), one.celsius]),
        }}
      />
    </section>
  );
}
