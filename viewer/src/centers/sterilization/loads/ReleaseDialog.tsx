import { Form, Input, Modal, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Outcome } from '../Outcome.tsx';
import type { LoadDetail } from '../types.ts';
import { useAct } from '../useAct.ts';

interface Values {
  kind?: string;
  reason?: string;
  approvedBy?: string;
  approverPin?: string;
  pin: string;
}

/** Release of a load: what it rests on, how it is released, PIN. Early release of implants asks reason and second person. */
export function ReleaseDialog({ load, onClose }: { load: LoadDetail; onClose: () => void }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<Values>();
  const needsBiological = load.hasImplant || load.programme.biologicalEvery === 'load';
  const kind = Form.useWatch('kind', form);
  const of = (name: string) =>
    load.indicators.filter((one) => one.kind === name && one.packId === null).map((one) => one.outcome);
  const worst = (values: string[]) =>
    values.includes('fail') ? 'fail' : values.includes('pass') ? 'pass' : values[0];
  const early = kind === 'early-implant';
  const run = async (values: Values) => {
    const answer = await act(
      'release',
      { loadId: load.id, ...values },
      t('release.done', { number: load.number }),
    );
    if (answer) onClose();
    else form.setFieldsValue({ pin: '', approverPin: '' });
  };
  return (
    <Modal
      open
      title={`${t('release.title')} · ${load.number}`}
      okText={t('release.sign')}
      okButtonProps={{ loading: busy }}
      onOk={() => form.submit()}
      onCancel={onClose}
      width={560}
    >
      <dl className="cssd-evidence">
        <dt>{t('indicator.physical')}</dt>
        <dd>
          <Outcome value={load.cycle?.outcome} />
        </dd>
        <dt>{t('indicator.outer-chemical')}</dt>
        <dd>
          <Outcome value={worst(of('outer-chemical'))} />
        </dd>
        <dt>{t('indicator.biological')}</dt>
        <dd>
          <Outcome value={worst(of('biological'))} />{' '}
          {needsBiological && <span className="hub-quiet">{t('release.needsBiological')}</span>}
        </dd>
        <dt>{t('indicator.class-5')}</dt>
        <dd>
          <Outcome value={worst(of('class-5'))} />
        </dd>
        <dt>{t('load.packCount')}</dt>
        <dd>{load.packs.filter((pack) => pack.state === 'sterilized').length}</dd>
      </dl>
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ kind: needsBiological ? 'after-biological' : 'normal' }}
        onFinish={(values) => void run(values)}
      >
        <Form.Item name="kind" label={t('release.kind')}>
          <Segmented
            options={(needsBiological
              ? ['after-biological', ...(load.hasImplant ? ['early-implant'] : [])]
              : ['normal', 'after-biological']
            ).map((value) => ({ value, label: t(`release.${value}`) }))}
          />
        </Form.Item>
        {early && (
          <>
            <p className="hub-tone-warn">{t('release.earlyHint')}</p>
            <Form.Item
              name="reason"
              label={t('release.reason')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Input.TextArea rows={2} />
            </Form.Item>
            <Form.Item
              name="approvedBy"
              label={t('release.approvedBy')}
              rules={[{ required: true, message: t('form.required') }]}
            >
              <Input autoComplete="off" />
            </Form.Item>
            <Form.Item
              name="approverPin"
              label={t('release.approverPin')}
              extra={t('release.approverPinHint')}
              rules={[{ required: true, message: t('shell:sign.pinRequired') }]}
            >
              <Input.Password
                autoComplete="off"
                inputMode="numeric"
                maxLength={32}
                visibilityToggle={false}
              />
            </Form.Item>
          </>
        )}
        <Form.Item
          name="pin"
          label={t('shell:sign.pin')}
          rules={[{ required: true, message: t('shell:sign.pinRequired') }]}
          extra={t('shell:sign.meaning')}
        >
          <Input.Password
            autoFocus
            autoComplete="off"
            inputMode="numeric"
            maxLength={32}
            visibilityToggle={false}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
