import { Button, DatePicker, Form, Input, InputNumber, Modal, Select, Space, Table } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { useAct, useLab } from './useLab.ts';
import { unitText } from './unitText.ts';

interface Material {
  id: string;
  name: string;
  manufacturer: string | null;
  level: number;
  lot: string;
  barcode: string | null;
  expiresOn: string;
  active: boolean;
}
interface Target {
  id: string;
  materialId: string;
  testCode: string;
  testName: string;
  instrumentId: string;
  instrument: string;
  material: string;
  level: number;
  lot: string;
  mode: string;
  mean: number | null;
  sd: number | null;
  unit: string | null;
  active: boolean;
}
type Use = 'reject' | 'warning' | 'off';
interface Setup {
  materials: Material[];
  targets: Target[];
  plans: { testCode: string; rules: Record<string, Use>; validHours: number; levels: number }[];
  defaultRules: Record<string, Use>;
}
const RULES = ['1-2s', '1-3s', '2-2s', 'R-4s', '4-1s', '10x', '3-1s', '7T'] as const;
const MODES = ['fixed', 'first-20', 'rolling'] as const;

/** Control materials by lot, targets by analyzer and test, and which Westgard rule warns or rejects. */
export function QcSetup({ edits }: { edits: boolean }) {
  const { t } = useTranslation('lab');
  const [search, setSearch] = useState('');
  const [material, setMaterial] = useState(false);
  const [target, setTarget] = useState<Partial<Target> | null>(null);
  const [plan, setPlan] = useState<{ code: string; name: string } | null>(null);
  const setup = useLab<Setup>('lab/qc/setup');
  if (setup.isPending) return <Loading />;
  if (setup.isError) return <Failed error={setup.error} retry={() => void setup.refetch()} />;
  const { materials, targets, plans, defaultRules } = setup.data;
  const rows = targets.filter((row) =>
    `${row.testCode} ${row.testName} ${row.instrument} ${row.lot}`
      .toUpperCase()
      .includes(search.toUpperCase()),
  );
  const soon = dayjs().add(30, 'day').format('YYYY-MM-DD');
  return (
    <div className="lab-stack">
      {edits && (
        <Space>
          <Button onClick={() => setMaterial(true)}>{t('qc.newMaterial')}</Button>
          <Button onClick={() => setTarget({ mode: 'fixed' })}>{t('qc.newTarget')}</Button>
        </Space>
      )}
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={materials}
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
              <span className={row.expiresOn < soon ? 'hub-tone-warn' : ''}>{row.expiresOn}</span>
            ),
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
              edits && (
                <Button type="link" size="small" onClick={() => setTarget(row)}>
                  {t('edit')}
                </Button>
              ),
          },
        ]}
      />
      {material && <MaterialDialog onClose={() => setMaterial(false)} />}
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

function MaterialDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<{
    name: string;
    manufacturer?: string;
    level: number;
    lot: string;
    barcode?: string;
    expiresOn: Dayjs;
  }>();
  const needed = [{ required: true, message: t('needed') }];
  const save = async () => {
    const { expiresOn, manufacturer, barcode, ...values } = await form.validateFields();
    const done = await act(
      () =>
        post('/api/lab/qc/materials', {
          ...values,
          expiresOn: expiresOn.format('YYYY-MM-DD'),
          ...(manufacturer && { manufacturer }),
          ...(barcode && { barcode }),
        }),
      () => t('said.saved1'),
    );
    if (done !== undefined) onClose();
  };
  return (
    <Modal
      open
      title={t('qc.newMaterial')}
      okButtonProps={{ loading: busy }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={{ level: 1 }}>
        <Form.Item name="name" label={t('qc.material')} rules={needed}>
          <Input autoFocus />
        </Form.Item>
        <Space align="start" wrap>
          <Form.Item name="level" label={t('qc.levelWord')} rules={needed}>
            <InputNumber min={1} max={9} />
          </Form.Item>
          <Form.Item name="lot" label={t('qc.lot')} rules={needed}>
            <Input />
          </Form.Item>
          <Form.Item name="expiresOn" label={t('qc.expires')} rules={needed}>
            <DatePicker />
          </Form.Item>
          <Form.Item name="manufacturer" label={t('qc.manufacturer')}>
            <Input />
          </Form.Item>
          <Form.Item name="barcode" label={t('qc.barcode')}>
            <Input />
          </Form.Item>
        </Space>
      </Form>
    </Modal>
  );
}

interface TargetForm {
  materialId: string;
  instrumentId: string;
  testCode: string;
  mode: (typeof MODES)[number];
  mean?: number | null;
  sd?: number | null;
}

function TargetDialog({
  target,
  materials,
  onClose,
}: {
  target: Partial<Target>;
  materials: Material[];
  onClose: () => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<TargetForm>();
  const mode = Form.useWatch('mode', form);
  const instrumentId = Form.useWatch('instrumentId', form);
  const instruments = useLab<{ items: { id: string; name: string; tests: { testCode: string }[] }[] }>(
    'lab/instruments',
  );
  const needed = [{ required: true, message: t('needed') }];
  const save = async () => {
    const { mean, sd, ...values } = await form.validateFields();
    const done = await act(
      () =>
        post('/api/lab/qc/targets', {
          ...values,
          ...(typeof mean === 'number' && { mean }),
          ...(typeof sd === 'number' && { sd }),
        }),
      () => t('said.saved1'),
    );
    if (done !== undefined) onClose();
  };
  const known = target.id !== undefined;
  return (
    <Modal
      open
      title={t(known ? 'qc.target' : 'qc.newTarget')}
      okButtonProps={{ loading: busy }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={onClose}
    >
      <Form form={form} layout="vertical" requiredMark={false} initialValues={target}>
        <Form.Item name="materialId" label={t('qc.material')} rules={needed}>
          <Select
            disabled={known}
            options={materials.map((one) => ({
              value: one.id,
              label: `${one.name} ${t('qc.level', { n: one.level })} ${one.lot}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="instrumentId" label={t('col.instrument')} rules={needed}>
          <Select
            disabled={known}
            options={(instruments.data?.items ?? []).map((one) => ({ value: one.id, label: one.name }))}
          />
        </Form.Item>
        <Form.Item name="testCode" label={t('col.test')} rules={needed}>
          <Select
            disabled={known}
            showSearch
            options={(instruments.data?.items.find((one) => one.id === instrumentId)?.tests ?? []).map(
              (one) => ({ value: one.testCode, label: one.testCode }),
            )}
          />
        </Form.Item>
        <Form.Item name="mode" label={t('qc.mode')} extra={t('qc.modeWhat')}>
          <Select options={MODES.map((value) => ({ value, label: t(`qc.modes.${value}`) }))} />
        </Form.Item>
        {mode === 'fixed' && (
          <Space align="start">
            <Form.Item name="mean" label={t('qc.mean')} rules={needed}>
              <InputNumber style={{ width: 140 }} />
            </Form.Item>
            <Form.Item
              name="sd"
              label="SD"
              rules={[...needed, { type: 'number', min: 1e-9, message: t('rule.above0') }]}
            >
              <InputNumber style={{ width: 140 }} />
            </Form.Item>
          </Space>
        )}
      </Form>
    </Modal>
  );
}

function PlanDialog({
  test,
  plan,
  defaults,
  onClose,
}: {
  test: { code: string; name: string };
  plan: Setup['plans'][number] | undefined;
  defaults: Record<string, Use>;
  onClose: () => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [rules, setRules] = useState<Record<string, Use>>(plan?.rules ?? defaults);
  const [hours, setHours] = useState(plan?.validHours ?? 24);
  const save = async () => {
    const done = await act(
      () =>
        put(`/api/lab/qc/plans/${encodeURIComponent(test.code)}`, {
          rules,
          validHours: hours,
          levels: plan?.levels ?? 2,
        }),
      () => t('said.saved1'),
    );
    if (done !== undefined) onClose();
  };
  return (
    <Modal
      open
      title={`${t('qc.plan')} · ${test.name}`}
      okButtonProps={{ loading: busy }}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <Table
        size="small"
        rowKey="rule"
        pagination={false}
        dataSource={RULES.map((rule) => ({ rule }))}
        columns={[
          { title: t('qc.rules'), dataIndex: 'rule', width: 80 },
          { title: '', render: (_, row) => <span className="hub-quiet">{t(`westgard.${row.rule}`)}</span> },
          {
            title: '',
            width: 120,
            render: (_, row) => (
              <Select
                size="small"
                style={{ width: 100 }}
                aria-label={row.rule}
                value={rules[row.rule] ?? 'off'}
                onChange={(use: Use) => setRules({ ...rules, [row.rule]: use })}
                options={(['reject', 'warning', 'off'] as const).map((value) => ({
                  value,
                  label: t(`qc.use.${value}`),
                }))}
              />
            ),
          },
        ]}
      />
      <InputNumber
        style={{ marginTop: 8, width: 240 }}
        min={1}
        max={168}
        prefix={t('qc.validHours')}
        suffix="h"
        aria-label={t('qc.validHours')}
        value={hours}
        onChange={(value) => setHours(value ?? 24)}
      />
    </Modal>
  );
}
