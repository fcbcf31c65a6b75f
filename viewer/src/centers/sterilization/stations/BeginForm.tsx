import { Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { useAct } from '../useAct.ts';
import { useCatalogue } from '../useSterilization.ts';

interface Values {
  setTypeCode?: string;
  quantity?: number;
  tray?: string;
  urgent?: boolean;
}

/** Begins circulations that come from no site: new goods, or a tray's first round. The tickets carry the new codes. */
export function BeginForm() {
  const { t } = useTranslation('sterilization');
  const catalogue = useCatalogue();
  const { act, busy } = useAct();
  const [form] = Form.useForm<Values>();
  const tray = Form.useWatch('tray', form);
  const begin = async (values: Values) => {
    const body = values.tray
      ? { tray: values.tray, urgent: values.urgent ?? false }
      : { setTypeCode: values.setTypeCode, quantity: values.quantity ?? 1, urgent: values.urgent ?? false };
    const answer = await act<{ packs: { code: string }[] }>('begin-new', body);
    if (answer) form.setFieldsValue({ tray: '' });
  };
  return (
    <section className="hub-panel">
      <h2 className="hub-title">{t('begin.title')}</h2>
      <Form<Values>
        form={form}
        layout="inline"
        initialValues={{ quantity: 1 }}
        onFinish={(values) => void begin(values)}
        className="cssd-inline"
      >
        <Form.Item name="setTypeCode" label={t('pack.name')}>
          <Select
            showSearch
            optionFilterProp="label"
            style={{ width: 220 }}
            disabled={!!tray}
            options={(catalogue.data?.setTypes ?? [])
              .filter((type) => type.active)
              .map((type) => ({ value: type.code, label: type.name }))}
          />
        </Form.Item>
        <Form.Item name="quantity" label={t('request.quantity')}>
          <InputNumber min={1} max={200} disabled={!!tray} />
        </Form.Item>
        <Form.Item name="tray" label={t('begin.tray')}>
          <Input style={{ width: 180 }} />
        </Form.Item>
        <Form.Item name="urgent" label={t('pack.urgent')} valuePropName="checked">
          <Switch />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('begin.start')}
        </Button>
      </Form>
      <p className="hub-quiet">{t('begin.hint')}</p>
    </section>
  );
}
