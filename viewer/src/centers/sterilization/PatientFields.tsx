import { Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';

export interface PatientValues {
  name: string;
  sex: 'M' | 'F' | 'O' | 'U';
  birthDate?: string;
  type: string;
  value: string;
  visit?: string;
}

/** At whom a pack was opened: name, sex, birth date, identifier, visit; the surrounding form owns the values. */
export function PatientFields() {
  const { t } = useTranslation(['sterilization', 'shell']);
  return (
    <>
      <Form.Item name="name" label={t('use.name')} rules={[{ required: true, message: t('form.required') }]}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="sex" label={t('use.sex')}>
        <Select
          options={(['M', 'F', 'O', 'U'] as const).map((value) => ({
            value,
            label: t(`shell:sex.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name="birthDate"
        label={t('use.birthDate')}
        rules={[{ pattern: /^\d{4}-\d{2}-\d{2}$/, message: t('form.date') }]}
      >
        <Input placeholder="1958-03-12" />
      </Form.Item>
      <Form.Item name="type" label={t('use.idType')}>
        <Select
          options={['mrn', 'id-card', 'passport'].map((value) => ({ value, label: t(`use.${value}`) }))}
        />
      </Form.Item>
      <Form.Item name="value" label={t('use.id')} rules={[{ required: true, message: t('form.required') }]}>
        <Input autoComplete="off" />
      </Form.Item>
      <Form.Item name="visit" label={t('recall.visit')}>
        <Input />
      </Form.Item>
    </>
  );
}

/** The body part that names the patient. */
export function patientOf(values: PatientValues) {
  return {
    name: values.name,
    sex: values.sex,
    ...(values.birthDate && { birthDate: values.birthDate }),
    identifiers: [{ type: values.type, value: values.value }],
  };
}
