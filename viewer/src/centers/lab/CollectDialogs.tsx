import { Button, Checkbox, DatePicker, Form, Input, InputNumber, Modal, Select, Space } from 'antd';
import type { Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { Loading } from '../../shell/states.tsx';
import type { OrderTest, Tube } from './types.ts';
import { useAct, useLab } from './useLab.ts';
import { countyNow, instantOf } from '../../shell/countyTime.ts';

interface CollectForm {
  preprintedBarcode?: string;
  collectedAt: Dayjs;
  fasting: boolean;
  bodySite?: string;
  volumeMl?: number | null;
}

/** All that can be said of a collection: the code that stands on the tube, when, where, how much. */
export function CollectDialog({ tube, onClose }: { tube: Tube; onClose: () => void }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<CollectForm>();
  const save = async () => {
    const values = await form.validateFields();
    const done = await act(
      () =>
        post<{ barcode: string }>('/api/lab/collect', {
          barcode: tube.barcode,
          collectedAt: instantOf(values.collectedAt),
          fasting: values.fasting,
          ...(values.preprintedBarcode && {
            preprintedBarcode: values.preprintedBarcode.trim().toUpperCase(),
          }),
          ...(values.bodySite && { bodySite: values.bodySite }),
          ...(typeof values.volumeMl === 'number' && { volumeMl: values.volumeMl }),
        }),
      (answer) => t('said.collected', { code: answer.barcode }),
    );
    if (done !== undefined) onClose();
  };
  return (
    <Modal
      open
      title={`${t('collect')} ${tube.barcode} ${tube.patientName ?? ''}`}
      okText={t('collect')}
      okButtonProps={{ loading: busy }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={onClose}
    >
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ collectedAt: countyNow(), fasting: true }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault();
        }}
      >
        <Form.Item name="preprintedBarcode" label={t('preprinted.bind')} extra={t('preprinted.bindWhat')}>
          <Input autoFocus placeholder={t('preprinted.scan')} />
        </Form.Item>
        <Space align="start" wrap>
          <Form.Item
            name="collectedAt"
            label={t('collectedAt')}
            rules={[
              {
                validator: (_, value: Dayjs | null) =>
                  value && value.isAfter(countyNow().add(2, 'minute'))
                    ? Promise.reject(new Error(t('collectFuture')))
                    : Promise.resolve(),
              },
            ]}
          >
            <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" allowClear={false} />
          </Form.Item>
          <Form.Item
            name="volumeMl"
            label={t('volume')}
            rules={[{ type: 'number', min: 0.01, message: t('volumeAbove0') }]}
          >
            <InputNumber step={0.5} suffix="mL" style={{ width: 120 }} />
          </Form.Item>
          <Form.Item name="bodySite" label={t('bodySite')}>
            <Select
              allowClear
              style={{ width: 150 }}
              options={(t('bodySites', { returnObjects: true }) as string[]).map((value) => ({
                value,
                label: value,
              }))}
            />
          </Form.Item>
        </Space>
        <Form.Item name="fasting" valuePropName="checked" noStyle>
          <Checkbox>{t('fasting')}</Checkbox>
        </Form.Item>
      </Form>
    </Modal>
  );
}

interface SeparateForm {
  separatedAt: Dayjs;
  aliquots?: { testCodes: string[]; volumeMl?: number | null }[];
}

/** Time of centrifugation, and what is poured off into tubes of its own. */
export function SeparateDialog({ tube, onClose }: { tube: Tube; onClose: () => void }) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [form] = Form.useForm<SeparateForm>();
  const order = useLab<{ tests: (OrderTest & { barcode?: string | null })[] }>(
    `lab/orders/${tube.orderId ?? ''}/containers`,
    tube.orderId !== undefined,
  );
  const save = async () => {
    const values = await form.validateFields();
    const done = await act(
      () =>
        post<{ aliquots: string[] }>('/api/lab/separate', {
          barcode: tube.barcode,
          separatedAt: instantOf(values.separatedAt),
          aliquots: (values.aliquots ?? []).map((one) => ({
            testCodes: one.testCodes,
            ...(typeof one.volumeMl === 'number' && { volumeMl: one.volumeMl }),
          })),
        }),
      (answer) =>
        answer.aliquots.length > 0
          ? t('said.aliquoted', { codes: answer.aliquots.join('、') })
          : t('said.separated', { code: tube.barcode }),
    );
    if (done !== undefined) onClose();
  };
  const own = (order.data?.tests ?? []).filter((test) => !test.barcode || test.barcode === tube.barcode);
  return (
    <Modal
      open
      title={`${t('separate')} ${tube.barcode} ${tube.patientName ?? ''}`}
      okText={t('save1')}
      okButtonProps={{ loading: busy }}
      onOk={() => void save().catch(() => undefined)}
      onCancel={onClose}
    >
      {order.isPending && tube.orderId !== undefined ? (
        <Loading rows={2} />
      ) : (
        <Form form={form} layout="vertical" requiredMark={false} initialValues={{ separatedAt: countyNow() }}>
          <Form.Item name="separatedAt" label={t('separatedAt')} extra={t('separateWhat')}>
            <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" allowClear={false} />
          </Form.Item>
          <Form.List name="aliquots">
            {(fields, { add, remove }) => (
              <div className="lab-stack">
                {fields.map((field) => (
                  <Space key={field.key} align="start">
                    <Form.Item
                      name={[field.name, 'testCodes']}
                      rules={[{ required: true, message: t('aliquot.testsNeeded') }]}
                      noStyle
                    >
                      <Select
                        mode="multiple"
                        style={{ width: 280 }}
                        placeholder={t('aliquot.tests')}
                        aria-label={t('aliquot.tests')}
                        options={own.map((test) => ({ value: test.code, label: test.name }))}
                      />
                    </Form.Item>
                    <Form.Item
                      name={[field.name, 'volumeMl']}
                      rules={[{ type: 'number', min: 0.01, message: t('volumeAbove0') }]}
                      noStyle
                    >
                      <InputNumber suffix="mL" style={{ width: 100 }} aria-label={t('volume')} />
                    </Form.Item>
                    <Button type="text" onClick={() => remove(field.name)}>
                      {t('aliquot.remove')}
                    </Button>
                  </Space>
                ))}
                <Button onClick={() => add({ testCodes: [] })}>{t('aliquot.add')}</Button>
              </div>
            )}
          </Form.List>
        </Form>
      )}
    </Modal>
  );
}
