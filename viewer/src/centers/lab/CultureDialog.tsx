import { Checkbox, Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { OrganismFields, organismsOf, type OrganismForm } from './OrganismFields.tsx';
import type { BenchTest } from './types.ts';
import { useAct } from './useLab.ts';

interface CultureForm {
  value: string;
  preliminary: boolean;
  note?: string;
  organisms?: OrganismForm[];
}

/** A culture as it grows: words or organisms with their susceptibilities; preliminary until it is final. */
export function CultureDialog({
  orderId,
  test,
  onClose,
}: {
  orderId: string;
  test: BenchTest;
  onClose: (saved: boolean) => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<CultureForm>();
  const needed = [{ required: true, message: t('needed') }];
  const save = async () => {
    const values = await form.validateFields();
    const organisms = organismsOf(values.organisms);
    const done = await act(
      () =>
        post(`/api/lab/orders/${orderId}/results`, {
          results: [
            {
              testCode: test.code,
              value: values.value,
              resultId: test.result?.id ?? null,
              preliminary: values.preliminary,
              ...(organisms.length > 0 && { organisms }),
              ...(values.note && { note: values.note }),
            },
          ],
        }),
      () => t('said.saved', { n: 1 }),
    );
    if (done !== undefined) onClose(true);
  };
  return (
    <Modal
      open
      width={760}
      title={`${test.name} · ${t('culture.title')}`}
      okText={t('save')}
      okButtonProps={{ loading: busy }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={() => onClose(false)}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          value: test.result?.valueText ?? '',
          preliminary: test.result?.preliminary ?? true,
          organisms: test.result?.organisms ?? [],
          note: test.result?.note ?? undefined,
        }}
      >
        <Form.Item name="value" label={t('culture.value')} rules={needed} extra={t('culture.valueWhat')}>
          <Input autoFocus maxLength={2000} />
        </Form.Item>
        <OrganismFields />
        <Form.Item name="note" label={t('note')}>
          <Input.TextArea rows={2} maxLength={1000} />
        </Form.Item>
        <Form.Item name="preliminary" valuePropName="checked" extra={t('culture.preliminaryWhat')}>
          <Checkbox>{t('culture.preliminary')}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}
