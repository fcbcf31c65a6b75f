import { Button, Form, Input, InputNumber, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable } from '../../shell/ListTable.tsx';
import { post } from '../../api/client.ts';
import { dateTime } from '../../shell/format.ts';
import type { PrintOut } from './types.ts';
import { Choice } from './Choice.tsx';
import { Ledgers } from './Ledgers.tsx';
import { UploadPrintOut } from './UploadPrintOut.tsx';
import { codeOf, scanProblem } from './stations/scanWords.ts';
import { useAct } from './useAct.ts';
import { useCatalogue, useSterilization } from './useSterilization.ts';
import './sterilization.css';

/** Ledgers to print, daily checks, print-outs of the machines, conflicts of offline stations. */
export default function RecordsPage() {
  const { t } = useTranslation('sterilization');
  return (
    <div className="hub-page">
      <h1>{t('nav.records')}</h1>
      <div className="hub-scroll cssd-stack">
        <DailyCheck />
        <PrintOuts />
        <Conflicts />
        <Ledgers />
      </div>
    </div>
  );
}

interface Check {
  kind: 'climate' | 'water' | 'sealer' | 'washer' | 'cleaning-quality';
  place?: string;
  machine?: string;
  temperatureC?: number;
  humidityPercent?: number;
  conductivityMicrosiemensCm?: number;
  finding?: string;
  outcome?: 'pass' | 'fail';
  action?: string;
}

function DailyCheck() {
  const { t } = useTranslation('sterilization');
  const catalogue = useCatalogue();
  const { act, busy } = useAct();
  const [form] = Form.useForm<Check>();
  const kind = Form.useWatch('kind', form);
  const save = async ({ kind: what, place, machine, outcome, action, ...values }: Check) => {
    const measured = Object.fromEntries(
      Object.entries(values).filter(([, value]) => value !== undefined && value !== ''),
    );
    const done = await act(
      'daily-check',
      {
        kind: what,
        place: place ?? '',
        measured,
        action: action ?? '',
        ...(machine && { machine }),
        ...(outcome && { outcome }),
      },
      t('record.saved'),
    );
    if (done) form.resetFields();
  };
  return (
    <section className="hub-panel">
      <h2 className="hub-title">{t('record.daily')}</h2>
      <Form<Check>
        form={form}
        layout="inline"
        requiredMark={false}
        initialValues={{ kind: 'climate' }}
        onFinish={(values) => void save(values)}
        className="cssd-inline"
      >
        <Form.Item name="kind">
          <Segmented
            options={(['climate', 'water', 'sealer', 'washer', 'cleaning-quality'] as const).map((value) => ({
              value,
              label: t(`daily.${value}`),
            }))}
          />
        </Form.Item>
        {kind === 'climate' && (
          <>
            <Form.Item
              name="temperatureC"
              label={t('daily.temperature')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <InputNumber />
            </Form.Item>
            <Form.Item
              name="humidityPercent"
              label={t('daily.humidity')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <InputNumber min={0} max={100} />
            </Form.Item>
          </>
        )}
        {kind === 'water' && (
          <Form.Item
            name="conductivityMicrosiemensCm"
            label={t('daily.conductivity')}
            rules={[{ required: true, message: t('form.required') }]}
          >
            <InputNumber min={0} />
          </Form.Item>
        )}
        {(kind === 'sealer' || kind === 'washer') && (
          <Form.Item name="machine" label={t('load.machine')}>
            <Select
              style={{ width: 150 }}
              allowClear
              options={(catalogue.data?.machines ?? [])
                .filter((machine) => machine.kind === kind)
                .map((machine) => ({ value: machine.code, label: `${machine.code} ${machine.name}` }))}
            />
          </Form.Item>
        )}
        {kind !== 'climate' && kind !== 'water' && (
          <>
            <Form.Item
              name="finding"
              label={t('daily.finding')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Input />
            </Form.Item>
            <Form.Item name="outcome" rules={[{ required: true, message: t('form.required') }]}>
              <Choice
                options={(['pass', 'fail'] as const).map((value) => ({
                  value,
                  label: t(`outcome.${value}`),
                }))}
              />
            </Form.Item>
          </>
        )}
        <Form.Item name="place" label={t('daily.place')}>
          <Input style={{ width: 130 }} />
        </Form.Item>
        <Form.Item name="action" label={t('daily.action')}>
          <Input style={{ width: 200 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('form.save')}
        </Button>
      </Form>
      <p className="hub-quiet">{t('daily.limits')}</p>
    </section>
  );
}

function PrintOuts() {
  const { t } = useTranslation('sterilization');
  const catalogue = useCatalogue();
  const [machine, setMachine] = useState('');
  const [state, setState] = useState<'waiting' | 'all'>('waiting');
  const rows = useSterilization<{ items: PrintOut[] }>(`print-outs?state=${state}`);
  const dismiss = async (id: string) => {
    await post(`/api/sterilization/print-outs/${id}/dismiss`);
    await rows.refetch();
  };
  return (
    <section className="hub-panel">
      <ListTable<PrintOut>
        name="print-outs"
        heading={t('record.printOuts')}
        extra={
          <>
            <Segmented
              value={state}
              onChange={setState}
              options={(['waiting', 'all'] as const).map((value) => ({
                value,
                label: t(`record.state.${value}`),
              }))}
            />
            <Select
              style={{ width: 190 }}
              placeholder={t('load.machine')}
              aria-label={t('load.machine')}
              value={machine || null}
              onChange={(value: string) => setMachine(value)}
              options={(catalogue.data?.machines ?? [])
                .filter((one) => one.kind === 'sterilizer' || one.kind === 'washer')
                .map((one) => ({ value: one.code, label: `${one.code} ${one.name}` }))}
            />
            <UploadPrintOut machine={machine} />
          </>
        }
        rowKey="id"
        rows={rows.data?.items ?? []}
        empty={t('record.noPrintOuts')}
        columns={[
          { title: t('record.receivedAt'), render: (row) => dateTime(row.receivedAt) },
          { title: t('load.machine'), text: (row) => row.machine },
          { title: t('record.source'), render: (row) => t(`source.${row.source}`) },
          {
            title: t('record.cycle'),
            render: (row) =>
              `${row.reading.cycleNumber ?? '—'} ${row.reading.programme ?? ''} ${row.reading.startedAt?.replace('T', ' ') ?? ''}`,
          },
          { title: t('load.state'), text: (row) => t(`record.state.${row.state}`) },
          { title: t('record.points'), render: (row) => row.reading.curve?.length ?? 0, align: 'right' },
          {
            title: t('record.flags'),
            render: (row) =>
              row.flags.map((flag) => (
                <span key={flag} className={flag === 'gb18030' ? 'hub-quiet' : 'hub-tone-warn'}>
                  {t(`flag.${flag.split(':')[0]}`, { defaultValue: flag })}{' '}
                </span>
              )),
          },
          {
            title: '',
            render: (row) => (
              <span className="hub-bar">
                <Button
                  size="small"
                  href={`/api/sterilization/print-outs/${row.id}/original`}
                  target="_blank"
                >
                  {t('load.original')}
                </Button>
                {row.state === 'waiting' && (
                  <Button size="small" onClick={() => void dismiss(row.id)}>
                    {t('record.dismiss')}
                  </Button>
                )}
              </span>
            ),
          },
        ]}
      />
    </section>
  );
}

interface Conflict {
  id: number;
  station: string;
  operation: string;
  input: Record<string, unknown>;
  deviceAt: string;
  skewMs: number;
  problem: string;
  staff: string;
  takenOverBy: string;
}

function Conflicts() {
  const { t } = useTranslation('sterilization');
  const rows = useSterilization<{ items: Conflict[] }>('conflicts');
  const { act } = useAct();
  const [notes, setNotes] = useState<Record<number, string>>({});
  const items = rows.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section className="hub-panel">
      <ListTable<Conflict>
        name="conflicts"
        heading={t('record.conflicts')}
        empty={t('record.noConflicts')}
        rowKey="id"
        rows={items}
        columns={[
          { title: t('record.station'), text: (row) => row.station },
          {
            title: t('record.deviceAt'),
            render: (row) => `${dateTime(row.deviceAt)} (${Math.round(row.skewMs / 1000)} s)`,
          },
          {
            title: t('record.act'),
            render: (row) => (
              <span title={JSON.stringify(row.input)}>
                {t(`operation.${row.operation}`, { defaultValue: row.operation })} {codeOf(row.input)}
              </span>
            ),
          },
          {
            title: t('record.problem'),
            render: (row) => (
              <span className="hub-tone-breach" title={row.problem}>
                {scanProblem(row.problem, t)}
              </span>
            ),
          },
          { title: t('record.scannedBy'), text: (row) => row.staff },
          { title: t('record.takenOverBy'), text: (row) => row.takenOverBy },
          {
            title: t('record.resolution'),
            render: (row) => (
              <Input
                value={notes[row.id] ?? ''}
                aria-label={t('record.resolution')}
                onChange={(event) => setNotes((before) => ({ ...before, [row.id]: event.target.value }))}
                onPressEnter={() =>
                  notes[row.id] &&
                  void act('resolve-scan', { id: row.id, resolution: notes[row.id] }, t('record.saved'))
                }
              />
            ),
          },
        ]}
      />
    </section>
  );
}
