import { Button, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import type { CasePaneProps } from '../contract.ts';
import { CollectDialog, SeparateDialog } from './CollectDialogs.tsx';
import { TubeLine } from './TubeLine.tsx';
import { Way } from './Way.tsx';
import type { OrderTest, Tube } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

/** Tubes of an order: labels, collection, separation, and the way of each. */
export default function SpecimenPane({ order, reload }: CasePaneProps) {
  const { t } = useTranslation(['lab', 'shell']);
  const session = useSession();
  const { act, busy } = useAct();
  const [open, setOpen] = useState<string | null>(null);
  const [drawing, setDrawing] = useState<Tube | null>(null);
  const [spinning, setSpinning] = useState<Tube | null>(null);
  const tubes = useLab<{ containers: Tube[]; tests: OrderTest[] }>(`lab/orders/${order.id}/containers`);
  if (tubes.isPending) return <Loading />;
  if (tubes.isError) return <Failed error={tubes.error} retry={() => void tubes.refetch()} />;
  const { containers, tests } = tubes.data;
  const collect = (tube: Tube) =>
    act(
      () => post('/api/lab/collect', { barcode: tube.barcode }).finally(reload),
      () => t('said.collected', { code: tube.barcode }),
    );
  const awaits = order.status === 'awaiting-decision' && order.priority !== 'emergency';
  const mayCollect = may(session, 'specimen.collect') && !awaits;
  return (
    <div className="lab-stack">
      <Space wrap>
        <Button href={`/api/lab/orders/${order.id}/labels`} target="_blank">
          {t('labels.pdf')}
        </Button>
        <Button href={`/api/lab/orders/${order.id}/labels?format=zpl`} target="_blank">
          {t('labels.zpl')}
        </Button>
        {mayCollect && containers.some((tube) => tube.state === 'planned') && (
          <Button
            type="primary"
            loading={busy}
            onClick={() =>
              void Promise.all(containers.filter((tube) => tube.state === 'planned').map(collect))
            }
          >
            {t('collectAll')}
          </Button>
        )}
        {awaits && <span className="hub-status hub-tone-warn">{t('awaitsDecision')}</span>}
      </Space>
      {containers.length === 0 && <Empty text={t('noTubes')} />}
      {containers.map((tube) => (
        <section key={tube.id} className="hub-panel">
          <TubeLine tube={tube}>
            {mayCollect && tube.state === 'planned' && (
              <>
                <Button onClick={() => setDrawing(tube)}>{t('collectMore')}</Button>
                <Button loading={busy} onClick={() => void collect(tube)}>
                  {t('collect')}
                </Button>
              </>
            )}
            {mayCollect && tube.state === 'collected' && !tube.separatedAt && (
              <Button onClick={() => setSpinning(tube)}>{t('separate')}</Button>
            )}
            <Button
              type="text"
              aria-expanded={open === tube.barcode}
              onClick={() => setOpen(open === tube.barcode ? null : tube.barcode)}
            >
              {t('way')}
            </Button>
          </TubeLine>
          {open === tube.barcode && <Way barcode={tube.barcode} />}
        </section>
      ))}
      <p className="hub-quiet">
        {t('testsOf', { n: tests.length })}：{tests.map((test) => test.name).join('、')}
      </p>
      {drawing && (
        <CollectDialog
          tube={{ ...drawing, orderId: order.id }}
          onClose={() => {
            setDrawing(null);
            reload();
          }}
        />
      )}
      {spinning && (
        <SeparateDialog
          tube={{ ...spinning, orderId: order.id }}
          onClose={() => {
            setSpinning(null);
            reload();
          }}
        />
      )}
    </div>
  );
}
