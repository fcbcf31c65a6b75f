import { Button, Checkbox, Popconfirm, Space } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
import { ListTable } from '../../../shell/ListTable.tsx';
import { Failed, Loading } from '../../../shell/states.tsx';
import { useAct, useLab } from '../useLab.ts';
import { unitText } from '../unitText.ts';
import { MaterialDialog } from './MaterialDialog.tsx';
import { PlanDialog } from './PlanDialog.tsx';
import { RULES, type Material, type Setup, type Target } from './setup.ts';
import { TargetDialog } from './TargetDialog.tsx';

/** Control materials by lot, targets by analyzer and test, and which Westgard rule warns or rejects. */
export function QcSetup({ edits }: { edits: boolean }) {
  const { t } = useTranslation('lab');
  const [material, setMaterial] = useState(false);
  const [target, setTarget] = useState<Partial<Target> | null>(null);
  const [plan, setPlan] = useState<{ code: string; name: string } | null>(null);
  const [retired, setRetired] = useState(false);
  const setup = useLab<Setup>('lab/qc/setup');
  if (setup.isPending) return <Loading />;
  if (setup.isError) return <Failed error={setup.error} retry={() => void setup.refetch()} />;
  const { materials, targets, plans, defaultRules } = setup.data;
  const rulesOf = (row: Target) => {
    const own = plans.find((one) => one.testCode === row.testCode);
    const rules = own?.rules ?? defaultRules;
    const text = RULES.filter((rule) => rules[rule] === 'reject').join(' ');
    return own ? text : `${t('qc.defaultRules')} ${text}`;
  };
  const stateOf = (lot: Material) => {
    if (!lot.active) return 'retired';
    const own = targets.filter((one) => one.materialId === lot.id && one.active);
    return own.some((one) => one.parallel) ? 'parallel' : own.length > 0 ? 'inUse' : 'noTargets';
  };
  const soon = dayjs().add(30, 'day').format('YYYY-MM-DD');
  return (
    <div className="lab-stack">
      <Space size="middle">
        {edits && <Button onClick={() => setMaterial(true)}>{t('qc.newMaterial')}</Button>}
        {edits && <Button onClick={() => setTarget({ mode: 'fixed' })}>{t('qc.newTarget')}</Button>}
        <Checkbox checked={retired} onChange={(event) => setRetired(event.target.checked)}>
          {t('qc.withRetired')}
        </Checkbox>
      </Space>
      <ListTable<Material>
        name={t('qc.material')}
        heading={t('qc.material')}
        rowKey="id"
        rows={materials.filter((lot) => retired || lot.active)}
        empty={t('qc.noMaterials')}
        columns={[
          { title: t('qc.material'), text: (row) => row.name },
          { title: t('qc.manufacturer'), text: (row) => row.manufacturer },
          { title: t('qc.levelWord'), align: 'right', text: (row) => row.level },
          { title: t('qc.lot'), text: (row) => row.lot },
          { title: t('qc.barcode'), text: (row) => row.barcode },
          {
            title: t('qc.expires'),
            text: (row) => row.expiresOn,
            render: (row) => (
              <span className={row.active && row.expiresOn < soon ? 'hub-tone-warn' : ''}>
                {row.expiresOn}
              </span>
            ),
          },
          { title: t('col.state'), text: (row) => t(`qc.lotState.${stateOf(row)}`) },
          {
            title: '',
            render: (row) =>
              edits && row.active && <LotActs lot={row} parallel={stateOf(row) === 'parallel'} />,
          },
        ]}
      />
      <ListTable<Target>
        name={t('qc.target')}
        heading={t('qc.target')}
        rowKey="id"
        rows={targets.filter((row) => retired || row.active)}
        empty={t('qc.noTargets')}
        pageSize={50}
        columns={[
          { title: t('col.instrument'), text: (row) => row.instrument },
          { title: t('col.code'), text: (row) => row.testCode },
          { title: t('col.test'), text: (row) => row.testName },
          { title: t('qc.levelWord'), text: (row) => `${row.level} · ${row.lot}` },
          {
            title: t('col.state'),
            text: (row) => t(`qc.lotState.${!row.active ? 'retired' : row.parallel ? 'parallel' : 'inUse'}`),
          },
          { title: t('qc.mode'), text: (row) => t(`qc.modes.${row.mode}`) },
          {
            title: t('qc.target'),
            align: 'right',
            text: (row) => (row.mean === null ? '—' : `${row.mean} ± ${row.sd ?? '—'} ${unitText(row.unit)}`),
          },
          {
            title: t('qc.rules'),
            text: rulesOf,
            render: (row) =>
              edits ? (
                <Button
                  type="link"
                  size="small"
                  onClick={() => setPlan({ code: row.testCode, name: row.testName })}
                >
                  {rulesOf(row)}
                </Button>
              ) : (
                rulesOf(row)
              ),
          },
          {
            title: '',
            fixed: 'right',
            render: (row) =>
              edits &&
              row.active && (
                <Button type="link" size="small" onClick={() => setTarget(row)}>
                  {t('edit')}
                </Button>
              ),
          },
        ]}
      />
      {material && <MaterialDialog materials={materials} onClose={() => setMaterial(false)} />}
      {target && <TargetDialog target={target} materials={materials} onClose={() => setTarget(null)} />}
      {plan && (
        <PlanDialog
          test={plan}
          plan={plans.find((one) => one.testCode === plan.code)}
          defaults={defaultRules}
          onClose={() => setPlan(null)}
        />
      )}
    </div>
  );
}

/** Puts a lot that ran in parallel in use, or retires one; both ask first and say what will happen. */
function LotActs({ lot, parallel }: { lot: Material; parallel: boolean }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const put = (verb: 'use' | 'retire') =>
    act(
      () => post<{ changed: number; waiting: string[] }>(`/api/lab/qc/materials/${lot.id}/${verb}`, {}),
      ({ changed, waiting }) =>
        waiting.length > 0
          ? t('said.lotWaits', { n: changed, tests: waiting.join(' ') })
          : t('said.lotChanged', { n: changed }),
    );
  return (
    <Space>
      {parallel && (
        <Popconfirm
          title={t('qc.useLot')}
          description={t('qc.useLotWhat', { lot: lot.lot })}
          onConfirm={() => put('use')}
        >
          <Button type="link" size="small" loading={busy}>
            {t('qc.useLot')}
          </Button>
        </Popconfirm>
      )}
      <Popconfirm
        title={t('qc.retireLot')}
        description={t('qc.retireLotWhat', { lot: lot.lot })}
        onConfirm={() => put('retire')}
      >
        <Button type="link" size="small" danger>
          {t('qc.retireLot')}
        </Button>
      </Popconfirm>
    </Space>
  );
}
