import { Button, Checkbox, Form, Input, Modal, Select, Space } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { BenchTest, Organism } from './types.ts';
import { useAct } from './useLab.ts';

interface CultureForm {
  value: string;
  preliminary: boolean;
  note?: string;
  organisms?: {
    name: string;
    quantity?: string;
    contaminant?: boolean;
    susceptibilities?: { drug: string; mic?: string; category: 'S' | 'I' | 'R' }[];
  }[];
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
    const organisms: Organism[] = (values.organisms ?? []).map((one) => ({
      name: one.name,
      ...(one.quantity && { quantity: one.quantity }),
      ...(one.contaminant && { contaminant: true }),
      susceptibilities: (one.susceptibilities ?? []).map((drug) => ({
        drug: drug.drug,
        category: drug.category,
        ...(drug.mic && { mic: drug.mic }),
      })),
    }));
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
        <Form.List name="organisms">
          {(organisms, { add, remove }) => (
            <div className="lab-stack">
              {organisms.map((organism) => (
                <section key={organism.key} className="hub-panel lab-organism">
                  <Space align="start" wrap>
                    <Form.Item name={[organism.name, 'name']} label={t('culture.organism')} rules={needed}>
                      <Input style={{ width: 260 }} />
                    </Form.Item>
                    <Form.Item name={[organism.name, 'quantity']} label={t('culture.quantity')}>
                      <Input style={{ width: 220 }} />
                    </Form.Item>
                    <Form.Item name={[organism.name, 'contaminant']} label=" " valuePropName="checked">
                      <Checkbox>{t('culture.contaminant')}</Checkbox>
                    </Form.Item>
                    <Button type="text" danger onClick={() => remove(organism.name)}>
                      {t('culture.removeOrganism')}
                    </Button>
                  </Space>
                  <Form.List name={[organism.name, 'susceptibilities']}>
                    {(drugs, list) => (
                      <div className="lab-stack">
                        {drugs.map((drug) => (
                          <Space key={drug.key}>
                            <Form.Item name={[drug.name, 'drug']} rules={needed} noStyle>
                              <Input
                                style={{ width: 200 }}
                                placeholder={t('culture.drug')}
                                aria-label={t('culture.drug')}
                              />
                            </Form.Item>
                            <Form.Item name={[drug.name, 'mic']} noStyle>
                              <Input style={{ width: 110 }} placeholder="MIC µg/mL" aria-label="MIC" />
                            </Form.Item>
                            <Form.Item name={[drug.name, 'category']} rules={needed} noStyle>
                              <Select
                                style={{ width: 120 }}
                                aria-label={t('culture.category')}
                                placeholder={t('culture.category')}
                                options={(['S', 'I', 'R'] as const).map((value) => ({
                                  value,
                                  label: t(`culture.sir.${value}`),
                                }))}
                              />
                            </Form.Item>
                            <Button type="text" onClick={() => list.remove(drug.name)}>
                              {t('aliquot.remove')}
                            </Button>
                          </Space>
                        ))}
                        <Button size="small" onClick={() => list.add({ category: 'S' })}>
                          {t('culture.addDrug')}
                        </Button>
                      </div>
                    )}
                  </Form.List>
                </section>
              ))}
              <Button onClick={() => add({ name: '', susceptibilities: [] })}>
                {t('culture.addOrganism')}
              </Button>
            </div>
          )}
        </Form.List>
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
