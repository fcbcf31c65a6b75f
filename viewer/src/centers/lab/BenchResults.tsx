import { Alert, Button, Space, Table, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { post } from '../../api/client.ts';
import { Failed, Loading } from '../../shell/states.tsx';
import { Previous, StateCell, ValueCell } from './benchCells.tsx';
import { CultureDialog } from './CultureDialog.tsx';
import { CumulativeDrawer } from './CumulativeDrawer.tsx';
import { grownBelow } from './grownBelow.tsx';
import { ReleaseActions } from './ReleaseActions.tsx';
import { ResultDialog } from './ResultDialog.tsx';
import { arrow, toneOf, type BenchTest } from './types.ts';
import { unitText } from './unitText.ts';
import { useAct, useLab } from './useLab.ts';

interface Props {
  orderId: string;
  status: string;
  patientId: string | null;
  reload: () => void;
}

/** Results at the bench: typed, checked, held, run again; then released or corrected. */
export function BenchResults({ orderId, status, patientId, reload }: Props) {
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
        expandable={{
          ...grownBelow<BenchTest>((test) => test.result?.organisms),
          expandedRowKeys: rows.map((row) => row.code),
        }}
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
