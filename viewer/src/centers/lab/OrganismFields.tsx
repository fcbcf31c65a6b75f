import { Button, Checkbox, Form, Input, Select, Space } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Organism } from './types.ts';

export interface OrganismForm {
  name: string;
  quantity?: string;
  contaminant?: boolean;
  susceptibilities?: { drug: string; mic?: string; category: 'S' | 'I' | 'R' }[];
}

/** What the fields hold, without what was left empty. */
export function organismsOf(values: OrganismForm[] | undefined): Organism[] {
  return (values ?? []).map((one) => ({
    name: one.name,
    ...(one.quantity && { quantity: one.quantity }),
    ...(one.contaminant && { contaminant: true }),
    susceptibilities: (one.susceptibilities ?? []).map((drug) => ({
      drug: drug.drug,
      category: drug.category,
      ...(drug.mic && { mic: drug.mic }),
    })),
  }));
}

/** Organisms with their susceptibilities: the list `organisms` of the form around it. */
export function OrganismFields() {
  const { t } = useTranslation(['lab', 'shell']);
  const needed = [{ required: true, message: t('needed') }];
  return (
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
          <Button onClick={() => add({ name: '', susceptibilities: [] })}>{t('culture.addOrganism')}</Button>
        </div>
      )}
    </Form.List>
  );
}
