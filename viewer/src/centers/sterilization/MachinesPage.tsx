import { Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { may } from '../../shell/access.ts';
import { DangerDialog } from '../../shell/DangerDialog.tsx';
import { dateTime } from '../../shell/format.ts';
import { useSession } from '../../shell/session.tsx';
import { Failed, Loading } from '../../shell/states.tsx';
import { Outcome } from './Outcome.tsx';
import { requiredText } from './requiredText.ts';
import { useAct } from './useAct.ts';
import { useSterilization } from './useSterilization.ts';
import { stateKey } from './loads/stateKey.ts';
import './sterilization.css';

interface Machine {
  code: string;
  name: string;
  kind: string;
  method: string | null;
  status: string;
  model: string;
  testProgrammes: { code: string; name: string; purpose: string }[];
  blocks: {
    id: string;
    reason: string;
    note: string;
    blockedAt: string;
    requiredProcess: number;
    requiredBowieDick: number;
    recallId: string | null;
    trials: { kind: string; outcome: string; load: string }[];
  }[];
  runs: { id: string; number: string; purpose: string; state: string; startedAt: string; counted: boolean }[];
}

/** Machines: test runs, blocks with what is still required, counting trials, return to work, taking out of service. */
export default function MachinesPage() {
  const { t } = useTranslation('sterilization');
  const session = useSession();
  const rows = useSterilization<{ items: Machine[] }>('machines');
  const { act, busy } = useAct();
  const [testing, setTesting] = useState<Machine | null>(null);
  const [stopping, setStopping] = useState<Machine | null>(null);
  if (rows.isPending) return <Loading />;
  if (rows.isError) return <Failed error={rows.error} retry={() => void rows.refetch()} />;
  const authorised = may(session, 'report.verify');
  return (
    <div className="hub-page">
      <h1>{t('nav.machines')}</h1>
      <div className="hub-scroll cssd-stack">
        {rows.data.items.map((machine) => (
          <section key={machine.code} className="hub-panel">
            <div className="hub-bar">
              <b>{machine.code}</b> {machine.name}{' '}
              <span className="hub-quiet">
                {machine.method ? t(`method.${machine.method}`) : t(`machineKind.${machine.kind}`)}{' '}
                {machine.model}
              </span>
              <b className={machine.status === 'ready' ? 'hub-tone-done' : 'hub-tone-breach'}>
                {t(`status.${machine.status}`)}
              </b>
              <span className="hub-grow" />
              {machine.testProgrammes.length > 0 && (
                <Button onClick={() => setTesting(machine)}>{t('machine.test')}</Button>
              )}
              {authorised && machine.blocks.length === 0 && (
                <Button danger onClick={() => setStopping(machine)}>
                  {t('machine.stop')}
                </Button>
              )}
              {authorised && machine.blocks.length > 0 && (
                <Button
                  type="primary"
                  loading={busy}
                  onClick={() =>
                    void act('return-machine', { machine: machine.code }, t('recall.returnedNow'))
                  }
                >
                  {t('recall.return')}
                </Button>
              )}
            </div>
            {machine.blocks.map((block) => (
              <p key={block.id} className="hub-bar">
                <b className="hub-tone-breach">{t(`block.${block.reason}`)}</b> {dateTime(block.blockedAt)}{' '}
                {block.note}
                <span>{requiredText(block, t)}</span>
                {block.trials.map((trial) => (
                  <span key={trial.load} className="cssd-chip">
                    {trial.load} <Outcome value={trial.outcome} />
                  </span>
                ))}
                {block.recallId && (
                  <Link to={`/sterilization/recalls/${block.recallId}`}>{t('nav.recalls')}</Link>
                )}
              </p>
            ))}
            {machine.runs.length > 0 && (
              <p className="hub-bar">
                <span className="hub-quiet">{t('machine.runs')}</span>
                {machine.runs.map((run) => (
                  <span key={run.id} className="cssd-chip">
                    <Link to={`/sterilization/loads/${run.id}`}>{run.number}</Link>{' '}
                    {t(`purpose.${run.purpose}`)} {t(stateKey(run))}{' '}
                    {machine.blocks.length > 0 && !run.counted && run.state !== 'running' && (
                      <Button
                        size="small"
                        loading={busy}
                        onClick={() =>
                          void act(
                            'record-trial',
                            { machine: machine.code, loadId: run.id },
                            t('machine.counted'),
                          )
                        }
                      >
                        {t('machine.count')}
                      </Button>
                    )}
                  </span>
                ))}
              </p>
            )}
          </section>
        ))}
      </div>
      {testing && <TestRun machine={testing} onClose={() => setTesting(null)} />}
      {stopping && (
        <DangerDialog
          open
          title={t('machine.stop')}
          consequence={t('machine.stopConsequence', { machine: stopping.code })}
          reasons={['installation', 'relocation', 'overhaul', 'other'].map((code) => ({
            code,
            label: t(`block.${code}`),
            needsNote: code === 'other',
          }))}
          okText={t('machine.stop')}
          onOk={({ code, note }) =>
            act('take-out-of-service', { machine: stopping.code, reason: code, note })
          }
          onClose={() => setStopping(null)}
        />
      )}
    </div>
  );
}

interface Values {
  programme: string;
  biologicalLot?: string;
  class5Lot?: string;
}

/** Starts an empty run: Bowie-Dick, leak or qualification (with its indicators). */
function TestRun({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const { t } = useTranslation('sterilization');
  const { act, busy } = useAct();
  const [form] = Form.useForm<Values>();
  const programme = Form.useWatch('programme', form);
  const qualification =
    machine.testProgrammes.find((one) => one.code === programme)?.purpose === 'qualification';
  const start = async ({ biologicalLot, class5Lot, ...values }: Values) => {
    const done = await act(
      'start-load',
      {
        machine: machine.code,
        ...values,
        ...(biologicalLot && { biologicalLot }),
        ...(class5Lot && { class5Lot }),
      },
      t('station.sterilize.done'),
    );
    if (done) onClose();
  };
  return (
    <Modal
      open
      title={`${machine.code} ${t('machine.test')}`}
      okText={t('station.sterilize.start')}
      okButtonProps={{ loading: busy }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={(values) => void start(values)}
      >
        <Form.Item
          name="programme"
          label={t('load.programme')}
          rules={[{ required: true, message: t('form.required') }]}
        >
          <Select options={machine.testProgrammes.map((one) => ({ value: one.code, label: one.name }))} />
        </Form.Item>
        {qualification && (
          <>
            <Form.Item
              name="biologicalLot"
              label={t('load.biologicalLot')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Input />
            </Form.Item>
            <Form.Item
              name="class5Lot"
              label={t('load.class5Lot')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Input />
            </Form.Item>
          </>
        )}
      </Form>
      <p className="hub-quiet">{t('machine.testHint')}</p>
    </Modal>
  );
}
