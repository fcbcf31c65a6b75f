import { Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';

/** Whether a template or phrase is one's own or the centre's, which only its head writes. */
export function WhoseField({ head }: { head: boolean }) {
  const { t } = useTranslation('admin');
  return (
    <Form.Item name="personal" label={t('whose')}>
      <Select
        disabled={!head}
        options={[
          { value: false, label: t('centerWide') },
          { value: true, label: t('personal') },
        ]}
      />
    </Form.Item>
  );
}
