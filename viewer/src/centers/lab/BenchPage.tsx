import { App, Button, Input, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError, post, query, type Problem } from '../../api/client.ts';
import type { OrderStatus } from '../../api/types.ts';
import { has } from '../../shell/access.ts';
import { dateTime } from '../../shell/format.ts';
import { ListTable } from '../../shell/ListTable.tsx';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { StatusWord } from '../../shell/StatusWord.tsx';
import { benchText } from './benchText.ts';
import { problemText } from './problemText.ts';
import { useAct, useLab } from './useLab.ts';
import './lab.css';

interface Row {
  orderId: string;
  accessionNumber: string;
  status: OrderStatus;
  priority: string;
  patientName: string;
  itemName: string;
  institutionName: string;
  dueAt: string | null;
  critical: boolean;
  tests: number;
  toMeasure: number;
  entered: number;
  technical: number;
  abnormal: number;
  held: number;
  barcodes: string[] | null;
  /** The results behind these counts: another one in between refuses the check. */
  seen: { testCode: string; resultId: string }[];
}
const STAGES = ['all', 'to-measure', 'to-verify', 'to-sign', 'held'] as const;

/** Work of the benches: what to measure, verify, sign, and what is held; several technical checks or signatures in one go. */
export default function BenchPage() {
  const { t } = useTranslation(['lab', 'shell']);
  const { message } = App.useApp();
  const session = useSession();
  const { act, busy } = useAct();
  const [stage, setStage] = useState<(typeof STAGES)[number]>('all');
  const [bench, setBench] = useState<string>();
  const [picked, setPicked] = useState<string[]>([]);
  const [pin, setPin] = useState<string | null>(null);
  const [instrumentId, setInstrumentId] = useState<string>();
  const list = useLab<{ items: Row[] }>(`lab/bench${query({ stage, bench, instrumentId, limit: 200 })}`);
  const instruments = useLab<{ items: { id: string; name: string; bench: string }[] }>('lab/instruments');
  const benches = [...new Set((instruments.data?.items ?? []).map((one) => one.bench))];
  const verify = async () => {
    let done = 0;
    for (const id of picked) {
      const seen = list.data?.items.find((row) => row.orderId === id)?.seen;
      if (await act(() => post(`/api/lab/orders/${id}/technical`, { seen }))) done++;
    }
    void message.info(t('said.verifiedOrders', { n: done, of: picked.length }));
    setPicked([]);
  };
  const sign = async () => {
    const answer = await act(
      () =>
        post<{ items: { orderId: string; problem?: Problem }[] }>('/api/lab/sign', { orderIds: picked, pin }),
      ({ items }) => t('said.signed', { n: items.filter((one) => !one.problem).length, of: items.length }),
    );
    const refused = (answer?.items ?? []).flatMap(({ problem }) =>
      problem ? [problemText(new ApiError(problem.status ?? 409, problem, null), t)] : [],
    );
    if (refused.length > 0) void message.warning([...new Set(refused)].join('；'), 8);
    if (answer) setPin(null);
    setPicked([]);
  };
  return (
    <div className="hub-page">
      <div className="hub-bar">
        <h1 className="hub-title">{t('nav.bench')}</h1>
        <Segmented
          value={stage}
          onChange={(value) => {
            setStage(value);
            setPicked([]);
          }}
          options={STAGES.map((value) => ({ value, label: t(`stage.${value}`) }))}
        />
        <Select
          allowClear
          style={{ width: 110 }}
          placeholder={t('bench')}
          aria-label={t('bench')}
          {...(bench !== undefined && { value: bench })}
          onChange={(value: string | undefined) => {
            setBench(value);
            setInstrumentId(undefined);
          }}
          options={benches.map((value) => ({ value, label: benchText(value, t) }))}
        />
        <Select
          allowClear
          style={{ width: 170 }}
          placeholder={t('col.instrument')}
          aria-label={t('col.instrument')}
          {...(instrumentId !== undefined && { value: instrumentId })}
          onChange={(value: string | undefined) => setInstrumentId(value)}
          options={(instruments.data?.items ?? [])
            .filter((one) => bench === undefined || one.bench === bench)
            .map((one) => ({ value: one.id, label: one.name }))}
        />
        <span className="hub-grow" />
        <Button disabled={picked.length === 0} loading={busy} onClick={() => void verify()}>
          {t('technicalMany', { n: picked.length })}
        </Button>
        {has(session, 'verifier', 'center-head') && (
          <Button type="primary" disabled={picked.length === 0} onClick={() => setPin('')}>
            {t('signMany', { n: picked.length })}
          </Button>
        )}
      </div>
      <div className="hub-scroll">
        {list.isPending ? (
          <Loading />
        ) : list.isError ? (
          <Failed error={list.error} retry={() => void list.refetch()} />
        ) : (
          <ListTable<Row>
            name={t('nav.bench')}
            rowKey="orderId"
            rows={list.data.items}
            empty={t('nothingAtBench')}
            selection={{ keys: picked, onChange: setPicked }}
            columns={[
              {
                title: t('col.accession'),
                text: (row) => row.accessionNumber,
                render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
              },
              { person: true, title: t('col.patient'), text: (row) => row.patientName },
              { title: t('col.items'), wrap: 240, text: (row) => row.itemName },
              {
                title: t('col.priority'),
                text: (row) => t(`shell:priority.${row.priority}`),
                render: (row) => (
                  <span className={`hub-priority-${row.priority}`}>
                    {t(`shell:priority.${row.priority}`)}
                  </span>
                ),
              },
              {
                title: t('col.state'),
                text: (row) => t(`shell:status.${row.status}`),
                render: (row) => <StatusWord status={row.status} />,
              },
              {
                title: t('col.progress'),
                text: (row) => t('progress', { done: row.tests - row.toMeasure, of: row.tests }),
              },
              {
                title: t('col.abnormal'),
                align: 'right',
                text: (row) => (row.critical ? `${row.abnormal} ${t('critical')}` : row.abnormal || ''),
                sortBy: (row) => row.abnormal + (row.critical ? 1_000 : 0),
                render: (row) =>
                  row.critical ? (
                    <span className="hub-tone-breach">{`${row.abnormal} ${t('critical')}`}</span>
                  ) : (
                    row.abnormal || ''
                  ),
              },
              {
                title: t('col.held'),
                align: 'right',
                text: (row) => row.held || '',
                render: (row) => (row.held > 0 ? <span className="hub-tone-warn">{row.held}</span> : ''),
              },
              {
                title: t('col.tubes'),
                width: 130,
                text: (row) => (row.barcodes ?? []).join(' '),
                render: (row) =>
                  (row.barcodes ?? []).map((code) => (
                    <div key={code} className="lab-code">
                      {code}
                    </div>
                  )),
              },
              { title: t('col.site'), text: (row) => row.institutionName },
              { title: t('col.due'), width: 130, text: (row) => dateTime(row.dueAt) },
            ]}
          />
        )}
      </div>
      <Modal
        open={pin !== null}
        title={t('signMany', { n: picked.length })}
        okText={t('shell:action.sign', { defaultValue: t('sign') })}
        okButtonProps={{ disabled: !pin, loading: busy }}
        onOk={() => void sign()}
        onCancel={() => setPin(null)}
        destroyOnHidden
      >
        <p>{t('signManyWhat')}</p>
        <Input.Password
          autoFocus
          autoComplete="off"
          inputMode="numeric"
          visibilityToggle={false}
          aria-label="PIN"
          placeholder="PIN"
          value={pin ?? ''}
          onChange={(event) => setPin(event.target.value)}
          onPressEnter={() => void sign()}
        />
      </Modal>
    </div>
  );
}
