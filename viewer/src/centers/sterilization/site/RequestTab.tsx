import { Button, Form, Input, InputNumber, Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { may } from '../../../shell/access.ts';
import { dateOnly } from '../../../shell/format.ts';
import { useSession } from '../../../shell/session.tsx';
import { ListTable } from '../../../shell/ListTable.tsx';
import type { Site } from '../types.ts';
import { useAct } from '../useAct.ts';
import { useCatalogue } from '../useSterilization.ts';

interface Values {
  neededOn: string;
  priority: string;
  lines: { setTypeCode: string; quantity: number }[];
  note?: string;
}

/** Asking for packs by set type for a day, and what became of earlier requests. */
export function RequestTab({ site }: { site: Site }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const session = useSession();
  const catalogue = useCatalogue();
  const { act, busy } = useAct();
  const [form] = Form.useForm<Values>();
  const tomorrow = dateOnly(new Date(Date.now() + 86_400_000).toISOString());
  const options = (catalogue.data?.setTypes ?? [])
    .filter((type) => type.active)
    .map((type) => ({ value: type.code, label: type.name }));
  return (
    <div className="cssd-two">
      {may(session, 'order.request') ? (
        <Form<Values>
          form={form}
          layout="vertical"
          requiredMark={false}
          initialValues={{ neededOn: tomorrow, priority: 'routine', lines: [{ quantity: 1 }] }}
          onFinish={(values) =>
            void act('request-packs', values, t('site.requested')).then((done) => done && form.resetFields())
          }
        >
          <div className="cssd-figures">
            <Form.Item
              name="neededOn"
              label={t('request.neededOn')}
              rules={[{ required: true, pattern: /^\d{4}-\d{2}-\d{2}$/, message: t('form.date') }]}
            >
              <Input />
            </Form.Item>
            <Form.Item name="priority" label={t('request.priority')}>
              <Segmented
                options={['routine', 'urgent', 'emergency'].map((value) => ({
                  value,
                  label: t(`shell:priority.${value}`),
                }))}
              />
            </Form.Item>
          </div>
          <Form.List name="lines">
            {(fields, { add, remove }) => (
              <>
                {fields.map((field) => (
                  <div key={field.key} className="hub-bar">
                    <Form.Item
                      name={[field.name, 'setTypeCode']}
                      rules={[{ required: true, message: t('form.required') }]}
                      style={{ flex: 1 }}
                    >
                      <Select
                        showSearch
                        optionFilterProp="label"
                        placeholder={t('pack.name')}
                        options={options}
                      />
                    </Form.Item>
                    <Form.Item
                      name={[field.name, 'quantity']}
                      rules={[{ required: true, message: t('form.required') }]}
                    >
                      <InputNumber min={1} max={500} aria-label={t('request.quantity')} />
                    </Form.Item>
                    {fields.length > 1 && (
                      <Button type="text" onClick={() => remove(field.name)}>
                        {t('station.remove')}
                      </Button>
                    )}
                  </div>
                ))}
                <Button onClick={() => add({ quantity: 1 })}>{t('site.addLine')}</Button>
              </>
            )}
          </Form.List>
          <Form.Item name="note" label={t('form.note')}>
            <Input.TextArea rows={2} />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('site.sendRequest')}
          </Button>
        </Form>
      ) : (
        <p className="hub-quiet">{t('site.mayNotRequest')}</p>
      )}
      <ListTable
        name="requests"
        heading={t('site.requests')}
        rowKey="orderId"
        empty={t('site.noRequests')}
        rows={site.requests}
        columns={[
          {
            title: t('request.number'),
            render: (row) => <Link to={`/orders/${row.orderId}`}>{row.accessionNumber}</Link>,
          },
          { title: t('request.neededOn'), text: (row) => row.neededOn },
          {
            title: t('request.lines'),
            render: (row) => row.lines.map((line) => `${line.name} ${line.sent}/${line.quantity}`).join('、'),
          },
          {
            title: t('request.state'),
            render: (row) => t(`orderState.${row.status}`, { defaultValue: t(`shell:status.${row.status}`) }),
          },
        ]}
      />
    </div>
  );
}
