import { Button, Form, Input, InputNumber, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Choice } from '../Choice.tsx';
import { Outcome } from '../Outcome.tsx';
import { useAct } from '../useAct.ts';
import { useBoard } from '../useSterilization.ts';

interface Values {
  machine: string;
  kind: 'bowie-dick' | 'leak';
  outcome: 'pass' | 'fail';
  leakKpaMin?: number;
  lot?: string;
  note?: string;
}

/** Bowie-Dick and leak test: today's state of each sterilizer, and the form for a new one. */
export function MachineTests() {
  const { t } = useTranslation('sterilization');
  const board = useBoard();
  const { act, busy } = useAct();
  const [form] = Form.useForm<Values>();
  const kind = Form.useWatch('kind', form);
  const sterilizers = (board.data?.machines ?? []).filter((machine) => machine.kind === 'sterilizer');
  return (
    <section className="hub-panel">
      <h2 className="hub-title">{t('test.title')}</h2>
      <p className="hub-bar">
        {sterilizers.map((machine) => (
          <span key={machine.code} className="cssd-chip">
            <b>{machine.code}</b>{' '}
            {machine.status === 'ready' ? (
              ''
            ) : (
              <b className="hub-tone-breach">{t(`status.${machine.status}`)}</b>
            )}{' '}
            {machine.bowieDickToday && (
              <>
                B-D{' '}
                {machine.bowieDickToday === 'missing' ? (
                  <span className="hub-tone-warn">{t('test.missing')}</span>
                ) : (
                  <Outcome value={machine.bowieDickToday} />
                )}
              </>
            )}
          </span>
        ))}
      </p>
      <Form<Values>
        form={form}
        layout="inline"
        initialValues={{ kind: 'bowie-dick' }}
        requiredMark={false}
        onFinish={(values) =>
          void act('record-test', values, t('test.saved')).then((done) => done && form.resetFields())
        }
      >
        <Form.Item
          name="machine"
          rules={[{ required: true, message: t('form.required') }]}
          label={t('load.machine')}
        >
          <Select
            style={{ width: 180 }}
            options={sterilizers.map((machine) => ({
              value: machine.code,
              label: `${machine.code} ${machine.name}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="kind">
          <Segmented
            options={[
              { value: 'bowie-dick', label: t('test.bowie-dick') },
              { value: 'leak', label: t('test.leak') },
            ]}
          />
        </Form.Item>
        {kind === 'leak' && (
          <Form.Item
            name="leakKpaMin"
            label="kPa/min"
            rules={[{ required: true, message: t('form.required') }]}
          >
            <InputNumber min={0} max={99} step={0.01} />
          </Form.Item>
        )}
        <Form.Item
          name="outcome"
          label={t('test.outcome')}
          rules={[{ required: true, message: t('form.required') }]}
        >
          <Choice
            options={[
              { value: 'pass', label: t('outcome.pass') },
              { value: 'fail', label: t('outcome.fail') },
            ]}
          />
        </Form.Item>
        <Form.Item name="lot" label={t('indicator.lot')}>
          <Input style={{ width: 120 }} />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('form.save')}
        </Button>
      </Form>
      <p className="hub-quiet">{t('test.hint')}</p>
    </section>
  );
}
