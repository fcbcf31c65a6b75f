import { Button, Checkbox, Drawer, Form, InputNumber, Radio, Space, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { post, put } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { Chart } from '../../shell/Chart.tsx';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { benchText } from './benchText.ts';
import { arrow } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';
import { unitText } from './unitText.ts';

interface Settings {
  low?: number;
  high?: number;
  deltaPercent?: number;
  allowFlags: boolean;
  stage: 'technical' | 'medical';
}
interface Rule {
  testCode: string;
  enabled: boolean;
  settings: Partial<Settings>;
  version: number;
  updatedAt: string;
}
interface Test {
  code: string;
  name: string;
  bench: string;
  unit: string | null;
  resultKind: string;
}
interface Simulation {
  results: number;
  passed: number;
  share: number | null;
  reasons: Record<string, number>;
  refused: {
    orderId: string;
    value: number | null;
    text: string | null;
    flag: string | null;
    at: string;
    reasons: string[];
  }[];
  wouldHavePassedButCorrected: number;
}
type Values = { [K in keyof Settings]?: Settings[K] | null } & { enabled: boolean };

const clean = (values: Values): Settings => ({
  allowFlags: values.allowFlags ?? false,
  stage: values.stage ?? 'technical',
  ...(typeof values.low === 'number' && { low: values.low }),
  ...(typeof values.high === 'number' && { high: values.high }),
  ...(typeof values.deltaPercent === 'number' && { deltaPercent: values.deltaPercent }),
});

/** Rules of autoverification by test, each tried on past results before it is switched on. */
export default function RulesPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const [chosen, setChosen] = useState<Test | null>(null);
  const tests = useLab<{ items: Test[] }>('lab/tests');
  const rules = useLab<{ items: Rule[] }>('lab/autoverification');
  const ruleOf = (code: string) => rules.data?.items.find((rule) => rule.testCode === code);
  const rows = (tests.data?.items ?? []).filter((test) => test.resultKind === 'numeric');
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.rules')}</h1>
        <span className="hub-quiet">{t('rule.what')}</span>
      </div>
      <div className="hub-scroll">
        {tests.isPending || rules.isPending ? (
          <Loading rows={8} />
        ) : tests.isError || rules.isError ? (
          <Failed error={tests.error ?? rules.error} retry={() => void rules.refetch()} />
        ) : (
          <ListTable<Test>
            name={t('nav.rules')}
            rowKey="code"
            rows={rows}
            empty={t('rule.noTests')}
            columns={[
              { title: t('bench'), width: 100, text: (test) => benchText(test.bench, t) },
              { title: t('col.code'), width: 100, text: (test) => test.code },
              {
                title: t('col.test'),
                text: (test) => test.name,
                render: (test) => (
                  <Button type="link" size="small" onClick={() => setChosen(test)}>
                    {test.name}
                  </Button>
                ),
              },
              {
                title: t('rule.on'),
                render: (test) =>
                  ruleOf(test.code)?.enabled ? (
                    <span className="hub-tone-done">{t('rule.yes')}</span>
                  ) : (
                    <span className="hub-quiet">{t('rule.no')}</span>
                  ),
              },
              {
                title: t('rule.limits'),
                text: (test) => {
                  const settings = ruleOf(test.code)?.settings;
                  if (!settings) return '';
                  const limits =
                    settings.low === undefined && settings.high === undefined
                      ? t(settings.allowFlags ? 'rule.notCritical' : 'rule.inRange')
                      : `${settings.low ?? '…'}～${settings.high ?? '…'} ${unitText(test.unit)}`;
                  return `${limits}${settings.deltaPercent ? ` · Δ ≤ ${settings.deltaPercent}%` : ''}${settings.allowFlags ? ` · ${t('rule.flags')}` : ''}`;
                },
              },
              {
                title: t('rule.stage'),
                text: (test) => {
                  const rule = ruleOf(test.code);
                  return rule ? t(`rule.stages.${rule.settings.stage ?? 'technical'}`) : '';
                },
              },
              {
                title: t('catalogue.version'),
                align: 'right',
                text: (test) => ruleOf(test.code)?.version,
              },
              {
                title: t('rule.changed'),
                text: (test) => dateTime(ruleOf(test.code)?.updatedAt ?? null),
              },
            ]}
          />
        )}
      </div>
      {chosen && (
        <RuleDrawer
          key={chosen.code}
          test={chosen}
          rule={ruleOf(chosen.code)}
          onClose={() => setChosen(null)}
        />
      )}
    </div>
  );
}

function RuleDrawer({ test, rule, onClose }: { test: Test; rule: Rule | undefined; onClose: () => void }) {
  const { t } = useTranslation(['lab', 'shell']);
  const session = useSession();
  const { act, busy } = useAct();
  const [form] = Form.useForm<Values>();
  const [tried, setTried] = useState<Simulation | null>(null);
  const path = `/api/lab/autoverification/${encodeURIComponent(test.code)}`;
  const simulate = async () => {
    const answer = await act(() => post<Simulation>(`${path}/simulate`, clean(form.getFieldsValue())));
    if (answer) setTried(answer);
  };
  const save = async () => {
    const values = await form.validateFields();
    const done = await act(
      () => put<{ version: number }>(path, { enabled: values.enabled, settings: clean(values) }),
      (answer) => t('said.rule', { version: answer.version }),
    );
    if (done !== undefined) onClose();
  };
  const editor = may(session, 'policy.edit');
  const reasons = Object.entries(tried?.reasons ?? {}).sort((a, b) => b[1] - a[1]);
  return (
    <Drawer open size={640} title={`${t('nav.rules')} · ${test.name} (${test.code})`} onClose={onClose}>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={!editor}
        initialValues={{
          enabled: rule?.enabled ?? false,
          allowFlags: false,
          stage: 'technical',
          ...rule?.settings,
        }}
      >
        <Space wrap align="start" size="large">
          <Form.Item name="enabled" label={t('rule.on')} valuePropName="checked">
            <Switch />
          </Form.Item>
          <Form.Item name="low" label={t('rule.low')}>
            <InputNumber style={{ width: 110 }} />
          </Form.Item>
          <Form.Item name="high" label={t('rule.high')}>
            <InputNumber style={{ width: 110 }} />
          </Form.Item>
          <Form.Item
            name="deltaPercent"
            label={t('rule.delta')}
            rules={[{ type: 'number', min: 0.1, message: t('rule.above0') }]}
          >
            <InputNumber style={{ width: 110 }} suffix="%" />
          </Form.Item>
        </Space>
        <Form.Item name="allowFlags" valuePropName="checked">
          <Checkbox>{t('rule.allowFlags')}</Checkbox>
        </Form.Item>
        <Form.Item name="stage" label={t('rule.stage')} extra={t('rule.stageWhat')}>
          <Radio.Group
            options={(['technical', 'medical'] as const).map((value) => ({
              value,
              label: t(`rule.stages.${value}`),
            }))}
          />
        </Form.Item>
      </Form>
      <p className="hub-quiet">{t('rule.never')}</p>
      <Space>
        <Button loading={busy} onClick={() => void simulate()}>
          {t('rule.simulate')}
        </Button>
        {editor && (
          <Button type="primary" loading={busy} onClick={() => void save().catch(() => undefined)}>
            {t('rule.save')}
          </Button>
        )}
      </Space>
      {tried && (
        <div className="lab-stack">
          <h3 className="hub-title">
            {t('rule.outcome', {
              n: tried.results,
              passed: tried.passed,
              percent: tried.share === null ? '—' : (tried.share * 100).toFixed(1),
            })}
          </h3>
          {tried.wouldHavePassedButCorrected > 0 && (
            <p className="hub-tone-breach">{t('rule.corrected', { n: tried.wouldHavePassedButCorrected })}</p>
          )}
          {reasons.length > 0 && (
            <Chart
              title={t('rule.why')}
              height={60 + reasons.length * 26}
              option={{
                grid: { left: 120, right: 32, top: 8, bottom: 24 },
                xAxis: { type: 'value', minInterval: 1 },
                yAxis: {
                  type: 'category',
                  inverse: true,
                  data: reasons.map(([reason]) => t(`refusal.${reason}`, { defaultValue: reason })),
                },
                series: [
                  { type: 'bar', data: reasons.map(([, n]) => n), label: { show: true, position: 'right' } },
                ],
              }}
              table={{
                columns: [t('rule.why'), 'n'],
                rows: reasons.map(([reason, n]) => [t(`refusal.${reason}`, { defaultValue: reason }), n]),
              }}
            />
          )}
          {tried.refused.length > 0 && (
            <ListTable
              name={`${t('nav.rules')} ${test.code}`}
              rowKey="key"
              rows={tried.refused.map((row, index) => ({ ...row, key: index }))}
              pageSize={10}
              empty={t('rule.noneRefused')}
              columns={[
                {
                  title: t('col.at'),
                  text: (row) => dateTime(row.at),
                  render: (row) => <Link to={`/orders/${row.orderId}`}>{dateTime(row.at)}</Link>,
                },
                {
                  title: t('col.value'),
                  align: 'right',
                  text: (row) => row.value ?? row.text,
                  render: (row) => `${row.value ?? row.text ?? ''} ${arrow(row.flag)}`,
                },
                {
                  title: t('rule.why'),
                  text: (row) =>
                    row.reasons.map((one) => t(`refusal.${one}`, { defaultValue: one })).join('、'),
                },
              ]}
            />
          )}
        </div>
      )}
    </Drawer>
  );
}
