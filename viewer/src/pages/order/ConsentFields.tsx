import { Form, Input, Radio, type FormInstance } from 'antd';
import { useTranslation } from 'react-i18next';
import type { OrderForm } from './orderForm.ts';

/** Who consented to remote reporting, or why nobody could be asked: chosen by the person who orders. */
export function ConsentFields({ form }: { form: FormInstance<OrderForm> }) {
  const { t } = useTranslation('order');
  const consent = Form.useWatch('consent', form);
  return (
    <fieldset className="hub-fieldset">
      <legend>{t('consent')}</legend>
      <Form.Item
        name="consent"
        label={t('consentState')}
        rules={[{ required: true, message: t('consentRequired') }]}
      >
        <Radio.Group
          options={[
            { value: true, label: t('consentGiven') },
            { value: false, label: t('consentEmergency') },
          ]}
        />
      </Form.Item>
      {consent === true && (
        <Form.Item name="consentBy" label={t('consentBy')}>
          <Input placeholder={t('consentByHint')} maxLength={60} autoComplete="off" />
        </Form.Item>
      )}
      {consent === false && (
        <Form.Item
          name="emergencyReason"
          label={t('emergencyReason')}
          rules={[{ required: true, whitespace: true, message: t('emergencyReasonRequired') }]}
        >
          <Input maxLength={200} />
        </Form.Item>
      )}
    </fieldset>
  );
}
