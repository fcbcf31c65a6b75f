import { Alert, Button, Input, Select, Space, Table, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import type { CasePaneProps } from '../contract.ts';
import SpecimenPane from './SpecimenPane.tsx';
import { Link } from 'react-router';
import { CultureDialog } from './CultureDialog.tsx';
import { CumulativeDrawer } from './CumulativeDrawer.tsx';
import { PartialDocuments, ReleaseActions } from './ReleaseActions.tsx';
import { ResultDialog } from './ResultDialog.tsx';
import { arrow, shown, toneOf, type BenchTest, type OrderTest } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';
import { unitText } from './unitText.ts';

/**
 * Left half of the case: results, at the centre with their tubes. There they are entered and checked, at the site read;
 * the site's tubes stand below, where it hands in.
 */
export default function InputPane({ order, reload }: CasePaneProps) {
  const session = useSession();
  const atBench = order.atCenter === true && may(session, 'bench.work');
  const patientId = order.patient?.id ?? null;
  return (
    <div className="lab-stack lab-pane">
      {atBench ? (
        <Bench orderId={order.id} status={order.status} patientId={patientId} reload={reload} />
      ) : (
        <Released
          orderId={order.id}
          status={order.status}
          tests={(order.input?.tests ?? []) as OrderTest[]}
          patientId={patientId}
        />
      )}
      {session.centers.includes('lab') && <SpecimenPane order={order} reload={reload} />}
    </div>
  );
}

function Released({
  orderId,
  status,
  tests,
  patientId,
}: {
  orderId: string;
  status: string;
  tests: OrderTest[];
  patientId: string | null;
}) {
  const { t } = useTranslation('lab');
  const [drawer, setDrawer] = useState<string | null>(null);
  const released = tests.filter((test) => test.released);
  if (released.length === 0) return <p className="hub-quiet">{t('nothingReleased')}</p>;
  return (
    <>
      <Space wrap>
        <PartialDocuments orderId={orderId} status={status} />
        {patientId && <Link to={`/lab/patients/${patientId}`}>{t('cumulative.all')}</Link>}
      </Space>
      <Table
        size="small"
        rowKey="code"
        pagination={false}
        dataSource={released}
        columns={[
          { title: t('col.test'), dataIndex: 'name' },
          {
            title: t('col.value'),
            align: 'right',
            render: (_, test) => (
              <span className={toneOf(test.flag)}>
                {`${test.value ?? ''} ${arrow(test.flag)}`}{' '}
                {test.preliminary && <b>{t('culture.preliminary')}</b>}
              </span>
            ),
          },
          { title: t('col.unit'), render: (_, row) => unitText(row.unit) },
          { title: t('col.range'), dataIndex: 'range' },
          {
            title: '',
            render: (_, test) =>
              patientId && (
                <Button type="link" size="small" onClick={() => setDrawer(test.code)}>
                  {t('trend')}
                </Button>
              ),
          },
        ]}
      />
      {patientId && (
        <CumulativeDrawer patientId={patientId} testCode={drawer} onClose={() => setDrawer(null)} />
      )}
    </>
  );
}

interface BenchProps {
  orderId: string;
  status: string;
  patientId: string | null;
  reload: () => void;
}

function Bench({ orderId, status, patientId, reload }: BenchProps) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [typed, setTyped] = useState<Record<string, string>>({});
  /** The result that stood there when typing began: one that comes in meanwhile is not written over unseen. */
  const [over, setOver] = useState<Record<string, string | null>>({});
  const [picked, setPicked] = useState<string[]>([]);
  const [drawer, setDrawer] = useState<string | null>(null);
  const [detail, setDetail] = useState<BenchTest | null>(null);
  const results = useLab<{ items: BenchTest[] }>(`lab/orders/${orderId}/results`);
  if (results.isPending) return <Loading rows={6} />;
  if (results.isError) return <Failed error={results.error} retry={() => void results.refetch()} />;
  const rows = results.data.items;
  const open = ['received', 'claimed', 'partial'].includes(status);
  const editable = (test: BenchTest) =>
    open && ['received', 'resulted'].includes(test.state) && test.resultKind !== 'calculated';

  const save = async () => {
    const changed = Object.entries(typed).filter(([, value]) => value.trim() !== '');
    const answer = await act(
      () =>
        post(`/api/lab/orders/${orderId}/results`, {
          results: changed.map(([testCode, value]) => ({
            testCode,
            value,
            resultId: over[testCode] ?? null,
          })),
        }),
      () => t('said.saved', { n: changed.length }),
    );
    if (answer !== undefined) {
      setTyped({});
      setOver({});
    }
    reload();
  };
  const verify = async () => {
    await act(
      () =>
        post<{ verified: string[]; waiting: unknown[] }>(`/api/lab/orders/${orderId}/technical`, {
          seen: rows.flatMap((row) => (row.result ? [{ testCode: row.code, resultId: row.result.id }] : [])),
        }),
      (answer) => t('said.verified', { n: answer.verified.length, waiting: answer.waiting.length }),
    );
    reload();
  };
  const rerun = async () => {
    await act(
      () => post(`/api/lab/orders/${orderId}/rerun`, { testCodes: picked, reason: t('rerunReason') }),
      () => t('said.rerun', { n: picked.length }),
    );
    setPicked([]);
  };
  const held = rows.filter((row) => (row.result?.holds.length ?? 0) > 0 || (row.holdReason && !row.result));
  return (
    <div className="lab-results lab-stack">
      {held.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('heldTitle', { n: held.length })}
          description={held
            .map(
              (row) =>
                `${row.name}：${[...(row.result?.holds ?? []), ...(row.result ? [] : [row.holdReason ?? ''])].map((hold) => t(`hold.${hold}`, { defaultValue: hold })).join('、')}`,
            )
            .join('；')}
        />
      )}
      <Table<BenchTest>
        size="small"
        rowKey="code"
        pagination={false}
        dataSource={rows}
        scroll={{ x: 'max-content' }}
        {...(open && {
          rowSelection: {
            // With a scrolling table its box would stand a second time in the hidden measuring row.
            hideSelectAll: true,
            selectedRowKeys: picked,
            onChange: (keys) => setPicked(keys as string[]),
            getCheckboxProps: (row) => ({
              disabled: row.state !== 'resulted' || row.resultKind === 'calculated',
            }),
          },
        })}
        columns={[
          {
            title: t('col.test'),
            render: (_, test) => (
              <Tooltip title={`${test.code} · ${test.nameEn}`}>
                <Button type="link" size="small" onClick={() => setDetail(test)}>
                  {test.name}
                </Button>
              </Tooltip>
            ),
          },
          {
            title: t('col.value'),
            width: 150,
            render: (_, test) => (
              <ValueCell
                test={test}
                typed={typed[test.code]}
                editable={editable(test)}
                onChange={(value) => {
                  if (!(test.code in over)) setOver({ ...over, [test.code]: test.result?.id ?? null });
                  setTyped({ ...typed, [test.code]: value });
                }}
              />
            ),
          },
          {
            title: '',
            width: 44,
            render: (_, { result }) => <b className={toneOf(result?.flag)}>{arrow(result?.flag)}</b>,
          },
          { title: t('col.unit'), render: (_, row) => unitText(row.unit) },
          { title: t('col.range'), render: (_, { result }) => result?.rangeText ?? '' },
          {
            title: t('col.previous'),
            align: 'right',
            render: (_, test) => <Previous test={test} onOpen={() => setDrawer(test.code)} />,
          },
          { title: t('col.state'), render: (_, test) => <StateCell test={test} /> },
        ]}
      />
      {open && (
        <Space wrap>
          <Button
            type="primary"
            className="lab-save"
            loading={busy}
            disabled={Object.values(typed).every((value) => value.trim() === '')}
            onClick={() => void save()}
          >
            {t('save')}
          </Button>
          <Button
            loading={busy}
            disabled={rows.every(
              (row) => row.result?.state !== 'entered' && row.result?.state !== 'technical',
            )}
            onClick={() => void verify()}
          >
            {t('technical')}
          </Button>
          <Button loading={busy} disabled={picked.length === 0} onClick={() => void rerun()}>
            {t('rerun')}
          </Button>
        </Space>
      )}
      <Space wrap>
        <ReleaseActions orderId={orderId} status={status} rows={rows} reload={reload} />
        {patientId && <Link to={`/lab/patients/${patientId}`}>{t('cumulative.all')}</Link>}
      </Space>
      {detail?.resultKind === 'culture' && (editable(detail) || detail.result?.preliminary === true) ? (
        <CultureDialog
          orderId={orderId}
          test={detail}
          onClose={(saved) => {
            setDetail(null);
            if (saved) reload();
          }}
        />
      ) : (
        detail && (
          <ResultDialog
            orderId={orderId}
            test={detail}
            editable={editable(detail)}
            onClose={(saved) => {
              setDetail(null);
              if (saved) reload();
            }}
          />
        )
      )}
      {patientId && (
        <CumulativeDrawer patientId={patientId} testCode={drawer} onClose={() => setDrawer(null)} />
      )}
    </div>
  );
}

function ValueCell({
  test,
  typed,
  editable,
  onChange,
}: {
  test: BenchTest;
  typed: string | undefined;
  editable: boolean;
  onChange: (value: string) => void;
}) {
  const value = shown(test, test.result);
  if (!editable || test.resultKind === 'culture')
    return <span className={`lab-num ${toneOf(test.result?.flag)}`}>{value}</span>;
  if (test.choices.length > 0)
    return (
      <Select
        size="small"
        style={{ width: 130 }}
        aria-label={test.name}
        {...((typed ?? value) && { value: typed ?? value })}
        onChange={onChange}
        options={test.choices.map((choice) => ({ value: choice, label: choice }))}
      />
    );
  return (
    <Input
      size="small"
      className="lab-value"
      style={{ width: 110 }}
      aria-label={test.name}
      inputMode="decimal"
      value={typed ?? value}
      onChange={(event) => onChange(event.target.value)}
      onPressEnter={(event) => {
        // Otherwise the same key press would act on what the focus has just gone to.
        event.preventDefault();
        focusNext(event.currentTarget);
      }}
    />
  );
}

/** Enter goes to the value below; behind the last one to the button that saves. */
function focusNext(field: HTMLInputElement): void {
  const pane = field.closest('.lab-results');
  const fields = [...(pane?.querySelectorAll<HTMLInputElement>('input.lab-value, .lab-value input') ?? [])];
  const next = fields[fields.indexOf(field) + 1];
  if (next) {
    next.focus();
    next.select();
  } else pane?.querySelector<HTMLButtonElement>('.lab-save')?.focus();
}

function Previous({ test, onOpen }: { test: BenchTest; onOpen: () => void }) {
  const { t } = useTranslation('lab');
  const previous = test.result?.previous;
  if (!previous) return null;
  const text = previous.value === null ? previous.text : Number(previous.value).toFixed(test.decimals);
  return (
    <Button type="link" size="small" onClick={onOpen} title={t('trend')}>
      {text}{' '}
      {test.result?.deltaFailed && <span className="hub-tone-warn">Δ {test.result.deltaPercent}%</span>}
    </Button>
  );
}

function StateCell({ test }: { test: BenchTest }) {
  const { t } = useTranslation('lab');
  const { result } = test;
  if (!result) return <span className="hub-quiet">{t(`test.${test.state}`)}</span>;
  const who =
    result.verifiedBy ?? result.technicalBy ?? result.rule ?? result.instrument ?? result.enteredBy ?? '';
  return (
    <span>
      <span className={result.holds.length > 0 ? 'hub-tone-warn' : ''}>
        {result.holds.length > 0 ? t('held') : t(`result.${result.state}`)}
      </span>{' '}
      {result.preliminary && <b>{t('culture.preliminary')} </b>}
      {result.interference && <span className="hub-tone-warn">{result.interference} </span>}
      {result.dilution && <span className="hub-quiet">{result.dilution}× </span>}
      <span className="hub-quiet">
        {who}
        {result.version > 1 ? ` · v${result.version}` : ''}
      </span>
    </span>
  );
}
