import { Button, Form, Input, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../../shell/format.ts';
import { Choice } from '../Choice.tsx';
import { Outcome } from '../Outcome.tsx';
import type { LoadDetail } from '../types.ts';
import { useAct } from '../useAct.ts';

interface Values {
  outcome: 'pass' | 'fail';
  leakKpaMin?: number;
  lot?: string;
  note?: string;
}

/** The result of a Bowie-Dick or leak run, read once it has ended; a blocked machine needs it tied to its run. */
export function TestResultPane({ load }: { load: LoadDetail }) {
  const { t } = useTranslation('sterilization');
  const { act, busy } = useAct();
  const kind = load.purpose === 'leak' ? 'leak' : 'bowie-dick';
  const save = (values: Values) =>
    act('record-test', { ...values, machine: load.machine, kind, loadId: load.id }, t('test.saved'));
  return (
    <section className="hub-panel">
      <h2 className="hub-title">{t(`test.${kind}`)}</h2>
      {load.tests.map((test) => (
        <p key={test.id} className="hub-bar">
          <Outcome value={test.outcome} />
          {test.leakKpaMin !== null && <span>{test.leakKpaMin} kPa/min</span>}
          <span>{test.lot}</span>
          <span className="hub-quiet">
            {dateTime(test.testedAt)} {test.readBy} {test.note}
          </span>
        </p>
      ))}
      {load.state === 'running' ? (
        <p className="hub-quiet">{t('test.afterRun')}</p>
      ) : (
        load.tests.length === 0 && (
          <Form<Values> layout="inline" requiredMark={false} onFinish={(values) => void save(values)}>
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
                options={(['pass', 'fail'] as const).map((value) => ({
                  value,
                  label: t(`outcome.${value}`),
                }))}
              />
            </Form.Item>
            <Form.Item name="lot" label={t('indicator.lot')}>
              <Input style={{ width: 140 }} />
            </Form.Item>
            <Form.Item name="note" label={t('form.note')}>
              <Input style={{ width: 200 }} />
            </Form.Item>
            <Button type="primary" htmlType="submit" loading={busy}>
              {t('form.save')}
            </Button>
          </Form>
        )
      )}
    </section>
  );
}
