import { Button, DatePicker, Drawer, Form, Input, InputNumber, Modal, Select, Space, Table } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { useAct, useLab } from './useLab.ts';

interface Result {
  sample: string;
  testCode: string;
  value: string | null;
  target: number | null;
  allowedPercent: number | null;
  acceptable: boolean | null;
}
interface Round {
  id: string;
  organizer: string;
  scheme: string;
  name: string;
  range: string;
  state: 'open' | 'submitted' | 'scored';
  dueAt: string;
  submittedAt: string | null;
  validFrom: string | null;
  validTo: string | null;
  tests: { testCode: string; samples: number; score: number | null; passed: boolean }[];
  results: Result[];
}
const RANGES = ['national', 'region', 'province', 'city', 'county'] as const;
const DAY = 'YYYY-MM-DD';

/** 室间质评: rounds from opening over results to scores; a pass feeds recognition with its range and dates. */
export function EqaPanel() {
  const { t } = useTranslation('lab');
  const session = useSession();
  const [opening, setOpening] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const rounds = useLab<{ items: Round[] }>('lab/eqa');
  if (rounds.isPending) return <Loading />;
  if (rounds.isError) return <Failed error={rounds.error} retry={() => void rounds.refetch()} />;
  const round = rounds.data.items.find((one) => one.id === chosen);
  return (
    <div className="lab-stack">
      {may(session, 'policy.edit') && (
        <div>
          <Button type="primary" onClick={() => setOpening(true)}>
            {t('eqa.open')}
          </Button>
        </div>
      )}
      <Table
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={rounds.data.items}
        locale={{ emptyText: t('eqa.none') }}
        columns={[
          {
            title: t('eqa.round'),
            render: (_, row) => (
              <Button type="link" size="small" onClick={() => setChosen(row.id)}>
                {row.scheme} {row.name}
              </Button>
            ),
          },
          { title: t('eqa.organizer'), dataIndex: 'organizer' },
          { title: t('eqa.range'), render: (_, row) => t(`eqa.ranges.${row.range}`) },
          { title: t('col.state'), render: (_, row) => t(`eqa.state.${row.state}`) },
          {
            title: t('eqa.due'),
            render: (_, row) => (
              <span
                className={
                  row.state === 'open' && Date.parse(row.dueAt) < Date.now() ? 'hub-tone-breach' : ''
                }
              >
                {dateTime(row.dueAt)}
              </span>
            ),
          },
          {
            title: t('eqa.valid'),
            render: (_, row) => (row.validFrom ? `${row.validFrom}～${row.validTo ?? ''}` : ''),
          },
          {
            title: t('eqa.result'),
            render: (_, row) =>
              row.state === 'scored'
                ? t('eqa.passedOf', {
                    n: row.tests.filter((one) => one.passed).length,
                    of: row.tests.length,
                  })
                : '',
          },
        ]}
      />
      {opening && <OpenRound onClose={() => setOpening(false)} />}
      {round && (
        <RoundDrawer key={`${round.id} ${round.state}`} round={round} onClose={() => setChosen(null)} />
      )}
    </div>
  );
}

interface OpenForm {
  organizer: string;
  scheme: string;
  name: string;
  range: (typeof RANGES)[number];
  dueAt: Dayjs;
  samples: string[];
  testCodes: string[];
}

function OpenRound({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<OpenForm>();
  const tests = useLab<{ items: { code: string; name: string }[] }>('lab/tests');
  const needed = [{ required: true, message: t('needed') }];
  const save = async () => {
    const values = await form.validateFields();
    const done = await act(
      () => post('/api/lab/eqa', { ...values, dueAt: values.dueAt.toISOString() }),
      () => t('said.round'),
    );
    if (done !== undefined) onClose();
  };
  return (
    <Modal
      open
      title={t('eqa.open')}
      okButtonProps={{ loading: busy }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ range: 'province', dueAt: dayjs().add(14, 'day') }}
      >
        <Form.Item name="organizer" label={t('eqa.organizer')} rules={needed}>
          <Input autoFocus />
        </Form.Item>
        <Space align="start">
          <Form.Item name="scheme" label={t('eqa.scheme')} rules={needed}>
            <Input />
          </Form.Item>
          <Form.Item name="name" label={t('eqa.name')} rules={needed}>
            <Input />
          </Form.Item>
        </Space>
        <Space align="start">
          <Form.Item name="range" label={t('eqa.range')}>
            <Select
              style={{ width: 140 }}
              options={RANGES.map((value) => ({ value, label: t(`eqa.ranges.${value}`) }))}
            />
          </Form.Item>
          <Form.Item name="dueAt" label={t('eqa.due')}>
            <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" allowClear={false} />
          </Form.Item>
        </Space>
        <Form.Item name="samples" label={t('eqa.samples')} rules={needed} extra={t('eqa.samplesWhat')}>
          <Select mode="tags" tokenSeparators={[',', ' ', '，', '、']} open={false} />
        </Form.Item>
        <Form.Item name="testCodes" label={t('eqa.tests')} rules={needed}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            options={(tests.data?.items ?? []).map((test) => ({
              value: test.code,
              label: `${test.code} ${test.name}`,
            }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** One round: values while it is open, targets and allowed deviation when it is submitted, the result afterwards. */
function RoundDrawer({ round, onClose }: { round: Round; onClose: () => void }) {
  const { t } = useTranslation(['lab', 'shell']);
  const session = useSession();
  const { act, busy } = useAct();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [targets, setTargets] = useState<Record<string, number | null>>({});
  const [allowed, setAllowed] = useState<Record<string, number | null>>({});
  const [valid, setValid] = useState<[Dayjs, Dayjs]>([dayjs(), dayjs().add(1, 'year')]);
  const keyOf = (row: Result) => `${row.sample} ${row.testCode}`;
  const scoring = round.state === 'submitted' && may(session, 'policy.edit');
  const entering = round.state === 'open' && may(session, 'bench.work');
  const save = (submit: boolean) =>
    act(
      () =>
        put(`/api/lab/eqa/${round.id}/results`, {
          results: round.results
            .filter((row) => typed[keyOf(row)] !== undefined)
            .map((row) => ({ sample: row.sample, testCode: row.testCode, value: typed[keyOf(row)] })),
          submit,
        }),
      () => t(submit ? 'said.eqaSubmitted' : 'said.eqaSaved'),
    );
  const score = () =>
    act(
      () =>
        post<{ evidence: string[] }>(`/api/lab/eqa/${round.id}/score`, {
          scores: round.results.map((row) => ({
            sample: row.sample,
            testCode: row.testCode,
            ...(typeof targets[keyOf(row)] === 'number' && { target: targets[keyOf(row)] }),
            ...(typeof allowed[row.testCode] === 'number' && { allowedPercent: allowed[row.testCode] }),
          })),
          validFrom: valid[0].format(DAY),
          validTo: valid[1].format(DAY),
        }),
      (answer) => t('said.eqaScored', { items: answer.evidence.join('、') || '—' }),
    );
  const codes = [...new Set(round.results.map((row) => row.testCode))];
  const filled = round.results.every((row) => (typed[keyOf(row)] ?? row.value ?? '') !== '');
  return (
    <Drawer open size={860} title={`${round.scheme} ${round.name} · ${round.organizer}`} onClose={onClose}>
      <div className="lab-stack">
        <p className="hub-quiet">
          {t(`eqa.state.${round.state}`)} · {t('eqa.due')} {dateTime(round.dueAt)}
          {round.submittedAt ? ` · ${t('eqa.submittedAt')} ${dateTime(round.submittedAt)}` : ''}
        </p>
        {round.state === 'scored' && (
          <Table
            size="small"
            rowKey="testCode"
            pagination={false}
            dataSource={round.tests}
            columns={[
              { title: t('col.test'), dataIndex: 'testCode' },
              { title: t('eqa.samples'), dataIndex: 'samples', align: 'right' },
              {
                title: t('eqa.score'),
                align: 'right',
                render: (_, row) => (row.score === null ? '—' : `${Math.round(row.score * 100)} %`),
              },
              {
                title: t('eqa.result'),
                render: (_, row) => (
                  <span className={row.passed ? 'hub-tone-done' : 'hub-tone-breach'}>
                    {t(row.passed ? 'eqa.passed' : 'eqa.failed')}
                  </span>
                ),
              },
            ]}
          />
        )}
        {scoring && (
          <Space wrap>
            {codes.map((code) => (
              <InputNumber
                key={code}
                style={{ width: 150 }}
                min={0.1}
                prefix={code}
                suffix="%"
                aria-label={`${t('eqa.allowed')} ${code}`}
                placeholder={t('eqa.allowed')}
                value={allowed[code] ?? null}
                onChange={(value) => setAllowed({ ...allowed, [code]: value })}
              />
            ))}
            <DatePicker.RangePicker
              allowClear={false}
              value={valid}
              onChange={(value) => value?.[0] && value[1] && setValid([value[0], value[1]])}
            />
          </Space>
        )}
        <Table
          size="small"
          rowKey={keyOf}
          pagination={false}
          dataSource={round.results}
          columns={[
            { title: t('col.test'), dataIndex: 'testCode' },
            { title: t('eqa.sample'), dataIndex: 'sample' },
            {
              title: t('col.value'),
              render: (_, row) =>
                entering ? (
                  <Input
                    size="small"
                    style={{ width: 120 }}
                    inputMode="decimal"
                    aria-label={`${row.testCode} ${row.sample}`}
                    value={typed[keyOf(row)] ?? row.value ?? ''}
                    onChange={(event) => setTyped({ ...typed, [keyOf(row)]: event.target.value })}
                  />
                ) : (
                  (row.value ?? '—')
                ),
            },
            {
              title: t('eqa.target'),
              render: (_, row) =>
                scoring ? (
                  <InputNumber
                    size="small"
                    style={{ width: 110 }}
                    aria-label={`${t('eqa.target')} ${row.testCode} ${row.sample}`}
                    value={targets[keyOf(row)] ?? null}
                    onChange={(value) => setTargets({ ...targets, [keyOf(row)]: value })}
                  />
                ) : (
                  (row.target ?? '')
                ),
            },
            {
              title: t('eqa.deviation'),
              align: 'right',
              render: (_, row) => {
                const target = row.target ?? targets[keyOf(row)] ?? null;
                const value = Number(row.value);
                return target && row.value && Number.isFinite(value)
                  ? `${(((value - target) / target) * 100).toFixed(1)} %`
                  : '';
              },
            },
            {
              title: t('eqa.result'),
              render: (_, row) =>
                row.acceptable === null ? (
                  ''
                ) : (
                  <span className={row.acceptable ? 'hub-tone-done' : 'hub-tone-breach'}>
                    {t(row.acceptable ? 'eqa.acceptable' : 'eqa.unacceptable')}
                  </span>
                ),
            },
          ]}
        />
        <Space>
          {entering && (
            <>
              <Button loading={busy} onClick={() => void save(false)}>
                {t('save1')}
              </Button>
              <Button type="primary" loading={busy} disabled={!filled} onClick={() => void save(true)}>
                {t('eqa.submit')}
              </Button>
            </>
          )}
          {scoring && (
            <Button type="primary" loading={busy} onClick={() => void score()}>
              {t('eqa.scoreNow')}
            </Button>
          )}
        </Space>
      </div>
    </Drawer>
  );
}
