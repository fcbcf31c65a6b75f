import { Button, Checkbox, Segmented, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import { CollectDialog, SeparateDialog } from './CollectDialogs.tsx';
import { ScanBox } from './ScanBox.tsx';
import { TubeLine } from './TubeLine.tsx';
import type { Tube } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

/** The doctor first decides whether an earlier result is recognized; an emergency does not wait. */
const awaits = (tube: Tube) => tube.orderStatus === 'awaiting-decision' && tube.priority !== 'emergency';

/** At the township: scan a tube to record it as drawn; what waits to be drawn stands below. Works at 390 px. */
export default function CollectPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const [fasting, setFasting] = useState(false);
  const [state, setState] = useState<'planned' | 'collected' | 'rejected,missing'>('planned');
  const [drawing, setDrawing] = useState<Tube | null>(null);
  const [spinning, setSpinning] = useState<Tube | null>(null);
  const { act, busy } = useAct();
  const waiting = useLab<{ items: Tube[] }>(`lab/containers?state=${state}&limit=100`);
  const collect = (barcode: string) =>
    act(
      () => post('/api/lab/collect', { barcode, ...(fasting && { fasting }) }),
      () => t('said.collected', { code: barcode }),
    );
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.collect')}</h1>
        <ScanBox label={t('scanTube')} busy={busy} onCode={(code) => void collect(code)} />
        <Checkbox checked={fasting} onChange={(event) => setFasting(event.target.checked)}>
          {t('fasting')}
        </Checkbox>
        <span className="hub-grow" />
        <Segmented
          value={state}
          onChange={setState}
          options={[
            { value: 'planned', label: t('tube.planned') },
            { value: 'collected', label: t('tube.collected') },
            { value: 'rejected,missing', label: t('trouble') },
          ]}
        />
      </div>
      <div className="hub-scroll lab-stack">
        {waiting.isPending ? (
          <Loading />
        ) : waiting.isError ? (
          <Failed error={waiting.error} retry={() => void waiting.refetch()} />
        ) : waiting.data.items.length === 0 ? (
          <Empty text={t(state === 'planned' ? 'nothingToCollect' : 'nothingHere')} />
        ) : (
          waiting.data.items.map((tube) => (
            <section key={tube.id} className="hub-panel">
              <TubeLine tube={tube}>
                <Space wrap>
                  {tube.state === 'planned' && (
                    <>
                      {awaits(tube) && (
                        <span className="hub-status hub-tone-warn">{t('awaitsDecision')}</span>
                      )}
                      <Button href={`/api/lab/orders/${tube.orderId ?? ''}/labels`} target="_blank">
                        {t('labels.pdf')}
                      </Button>
                      <Button disabled={awaits(tube)} onClick={() => setDrawing(tube)}>
                        {t('collectMore')}
                      </Button>
                      <Button
                        type="primary"
                        disabled={awaits(tube)}
                        loading={busy}
                        onClick={() => void collect(tube.barcode)}
                      >
                        {t('collect')}
                      </Button>
                    </>
                  )}
                  {tube.state === 'collected' && !tube.separatedAt && (
                    <Button onClick={() => setSpinning(tube)}>{t('separate')}</Button>
                  )}
                </Space>
              </TubeLine>
            </section>
          ))
        )}
      </div>
      {drawing && <CollectDialog tube={drawing} onClose={() => setDrawing(null)} />}
      {spinning && <SeparateDialog tube={spinning} onClose={() => setSpinning(null)} />}
    </div>
  );
}
