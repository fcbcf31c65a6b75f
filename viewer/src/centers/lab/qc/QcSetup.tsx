import { Button, Checkbox, Input, Popconfirm, Space, Table } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../../api/client.ts';
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
  const [search, setSearch] = useState('');
  const [material, setMaterial] = useState(false);
  const [target, setTarget] = useState<Partial<Target> | null>(null);
  const [plan, setPlan] = useState<{ code: string; name: string } | null>(null);
  const [retired, setRetired] = useState(false);
  const setup = useLab<Setup>('lab/qc/setup');
  if (setup.isPending) return <Loading />;
  if (setup.isError) return <Failed error={setup.error} retry={() => void setup.refetch()} />;
  const { materials, targets, plans, defaultRules } = setup.data;
  const rows = targets.filter(
    (row) =>
      (retired || row.active) &&
      `${row.testCode} ${row.testName} ${row.instrument} ${row.lot}`
        .toUpperCase()
        .includes(search.toUpperCase()),
  );
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
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={materials.filter((lot) => retired || lot.active)}
        locale={{ emptyText: t('qc.noMaterials') }}
        columns={[
          { title: t('qc.material'), dataIndex: 'name' },
          { title: t('qc.manufacturer'), dataIndex: 'manufacturer' },
          { title: t('qc.levelWord'), dataIndex: 'level', align: 'right' },
          { title: t('qc.lot'), dataIndex: 'lot' },
          { title: t('qc.barcode'), dataIndex: 'barcode' },
          {
            title: t('qc.expires'),
            render: (_, row) => (
              <span className={row.active && row.expiresOn < soon ? 'hub-tone-warn' : ''}>
                {row.expiresOn}
              </span>
            ),
          },
          { title: t('col.state'), render: (_, row) => t(`qc.lotState.${stateOf(row)}`) },
          {
            title: '',
            render: (_, row) =>
              edits && row.active && <LotActs lot={row} parallel={stateOf(row) === 'parallel'} />,
          },
        ]}
      />
      <Input
        allowClear
        style={{ width: 240 }}
        placeholder={t('searchTest')}
        aria-label={t('searchTest')}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <Table
        size="small"
        rowKey="id"
        pagination={{ pageSize: 50, size: 'small', hideOnSinglePage: true }}
        dataSource={rows}
        locale={{ emptyText: t('qc.noTargets') }}
        columns={[
          { title: t('col.instrument'), dataIndex: 'instrument' },
          { title: t('col.test'), dataIndex: 'testName' },
          { title: t('qc.levelWord'), render: (_, row) => `${row.level} · ${row.lot}` },
          {
            title: t('col.state'),
            render: (_, row) =>
              t(`qc.lotState.${!row.active ? 'retired' : row.parallel ? 'parallel' : 'inUse'}`),
          },
          { title: t('qc.mode'), render: (_, row) => t(`qc.modes.${row.mode}`) },
          {
            title: t('qc.target'),
            align: 'right',
            render: (_, row) =>
              row.mean === null ? '—' : `${row.mean} ± ${row.sd ?? '—'} ${unitText(row.unit)}`,
          },
          {
            title: t('qc.rules'),
            render: (_, row) => {
              const own = plans.find((one) => one.testCode === row.testCode);
              const rules = own?.rules ?? defaultRules;
              const text = RULES.filter((rule) => rules[rule] === 'reject').join(' ');
              return edits ? (
                <Button
                  type="link"
                  size="small"
                  onClick={() => setPlan({ code: row.testCode, name: row.testName })}
                >
                  {own ? text : `${t('qc.defaultRules')} ${text}`}
                </Button>
              ) : (
                text
              );
            },
          },
          {
            title: '',
            render: (_, row) =>
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
