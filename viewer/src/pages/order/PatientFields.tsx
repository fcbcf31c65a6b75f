import { Checkbox, Form, Input, Radio, Select, type FormInstance } from 'antd';
import { useTranslation } from 'react-i18next';
import { readIdCard } from '../../shell/identity.ts';
import type { OrderForm } from './orderForm.ts';

const types = [
  'id-card',
  'mrn',
  'passport',
  'hk-mo-permit',
  'tw-permit',
  'military',
  'residence-permit',
  'birth-certificate',
  'social-card',
];

/** Who the patient is. The card decides birth date and sex; a contradiction is said at the field. */
export function PatientFields({ form }: { form: FormInstance<OrderForm> }) {
  const { t } = useTranslation(['order', 'shell']);
  const type = Form.useWatch('identifierType', form) ?? 'id-card';
  const temporary = Form.useWatch('temporary', form) === true;

  const takeCard = () => {
    if (form.getFieldValue('identifierType') !== 'id-card') return;
    const card = readIdCard(form.getFieldValue('identifier') ?? '');
    if (card) form.setFieldsValue({ birthDate: card.birthDate, sex: card.sex });
  };
  const agrees = (field: 'birthDate' | 'sex') => ({
    validator: (_rule: unknown, value: string) => {
      const card = type === 'id-card' ? readIdCard(form.getFieldValue('identifier') ?? '') : null;
      return !card || !value || card[field] === value
        ? Promise.resolve()
        : Promise.reject(new Error(t(`contradicts.${field}`, { value: card[field] })));
    },
  });
  return (
    <fieldset className="hub-fieldset">
      <legend>{t('patient')}</legend>
      <Form.Item
        name="temporary"
        valuePropName="checked"
        wrapperCol={{ offset: 6 }}
        style={{ marginBottom: 4 }}
      >
        <Checkbox>{t('temporary')}</Checkbox>
      </Form.Item>
      <Form.Item label={t('document')} required={!temporary}>
        <div className="hub-row" style={{ alignItems: 'start' }}>
          <Form.Item name="identifierType" noStyle>
            <Select
              style={{ width: 124 }}
              aria-label={t('documentType')}
              options={types.map((value) => ({ value, label: t(`shell:identifier.${value}`) }))}
            />
          </Form.Item>
          <Form.Item
            name="identifier"
            style={{ flex: 1, marginBottom: 0 }}
            validateTrigger="onBlur"
            dependencies={['identifierType']}
            rules={[
              // Said when the form is sent, not when the field is left empty.
              { required: !temporary, message: t('documentRequired'), validateTrigger: 'onSubmit' },
              {
                validator: (_rule, value: string) =>
                  !value || type !== 'id-card' || readIdCard(value)
                    ? Promise.resolve()
                    : Promise.reject(new Error(t('idCardWrong'))),
              },
            ]}
          >
            <Input
              autoFocus
              maxLength={32}
              aria-label={t('documentNumber')}
              placeholder={t('scanHint')}
              onBlur={takeCard}
              onPressEnter={takeCard}
              autoComplete="off"
            />
          </Form.Item>
        </div>
      </Form.Item>
      <Form.Item
        name="name"
        label={t('name')}
        rules={[{ required: true, whitespace: true, message: t('nameRequired') }]}
        validateTrigger="onBlur"
      >
        <Input maxLength={60} autoComplete="off" />
      </Form.Item>
      <Form.Item
        name="sex"
        label={t('sex')}
        rules={[{ required: true, message: t('sexRequired') }, agrees('sex')]}
      >
        <Radio.Group
          options={(['M', 'F', 'O', 'U'] as const).map((value) => ({
            value,
            label: t(`shell:sex.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name="birthDate"
        label={t('birthDate')}
        validateTrigger="onBlur"
        rules={[
          { required: !temporary, message: t('birthDateRequired') },
          { pattern: /^\d{4}-\d{2}-\d{2}$/, message: t('birthDateForm') },
          agrees('birthDate'),
        ]}
        normalize={(value: string) => {
          const digits = value.replace(/\D/g, '').slice(0, 8);
          return digits.length === 8 && !value.includes('-')
            ? `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`
            : value;
        }}
      >
        <Input
          placeholder="1968-03-15"
          maxLength={10}
          inputMode="numeric"
          autoComplete="off"
          style={{ width: 140 }}
        />
      </Form.Item>
      <Form.Item
        name="phone"
        label={t('phone')}
        rules={[{ pattern: /^[\d+ -]{5,20}$/, message: t('phoneForm') }]}
        validateTrigger="onBlur"
      >
        <Input maxLength={20} inputMode="tel" autoComplete="off" style={{ width: 180 }} />
      </Form.Item>
    </fieldset>
  );
}
