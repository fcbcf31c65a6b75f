import { Button, Space } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { Empty, Failed, Loading } from '../../shell/states.tsx';
import type { CasePaneProps } from '../contract.ts';
import { TubeLine } from './TubeLine.tsx';
import type { OrderTest, Tube } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

/** Tubes of an order: labels, collection, separation, and the way of each. */
export default function SpecimenPane({ order, reload }: CasePaneProps) {
  const { t } = useTranslation(['lab', 'shell']);
  const session = useSession();
  const { act, busy } = useAct();
  const [open, setOpen] = useState<string | null>(null);
  const tubes = useLab<{ containers: Tube[]; tests: OrderTest[] }>(`lab/orders/${order.id}/containers`);
  if (tubes.isPending) return <Loading />;
  if (tubes.isError) return <Failed error={tubes.error} retry={() => void tubes.refetch()} />;
  const { containers, tests } = tubes.data;
  const collect = (tube: Tube) =>
    act(
      () => post('/api/lab/collect', { barcode: tube.barcode }).finally(reload),
      () => t('said.collected', { code: tube.barcode }),
    );
  const separate = (tube: Tube) =>
    act(
      () => post('/api/lab/separate', { barcode: tube.barcode }),
      () => t('said.separated', { code: tube.barcode }),
    );
  const mayCollect = may(session, 'specimen.collect');
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
      </Space>
      {containers.length === 0 && <Empty text={t('noTubes')} />}
      {containers.map((tube) => (
        <section key={tube.id} className="hub-panel">
          <TubeLine tube={tube}>
            {mayCollect && tube.state === 'planned' && (
              <Button loading={busy} onClick={() => void collect(tube)}>
                {t('collect')}
              </Button>
            )}
            {mayCollect && tube.state === 'collected' && !tube.separatedAt && (
              <Button loading={busy} onClick={() => void separate(tube)}>
                {t('separate')}
              </Button>
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
    </div>
  );
}

interface WayAnswer {
  steps: {
    id: number;
    kind: string;
    at: string;
    actorName: string;
    institutionName: string | null;
    detail: Record<string, unknown>;
  }[];
  temperatures: { at: string; celsius: number }[];
}

/** Every step of a tube on one timeline. */
export function Way({ barcode }: { barcode: string }) {
  const { t } = useTranslation('lab');
  const way = useLab<WayAnswer>(`lab/containers/${barcode}`);
  if (way.isPending) return <Loading rows={2} />;
  if (way.isError) return <Failed error={way.error} />;
  const values = way.data.temperatures.map((one) => one.celsius);
  return (
    <>
      <ol className="lab-way">
        {way.data.steps.map((step) => (
          <li key={step.id}>
            {dateTime(step.at)} <b>{t(`step.${step.kind}`)}</b> {step.actorName} {step.institutionName ?? ''}{' '}
            <span className="hub-quiet">
              {typeof step.detail.box === 'string'
                ? step.detail.box
                : typeof step.detail.reason === 'string'
                  ? step.detail.reason
                  : ''}
            </span>
          </li>
        ))}
      </ol>
      {values.length > 0 && (
        <p className="hub-quiet">
          {t('temperature', { low: Math.min(...values), high: Math.max(...values), n: values.length })}
        </p>
      )}
    </>
  );
}
