import { Checkbox, Form, Input, Radio, Select } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { CenterKind } from '../../api/types.ts';
import { modules } from '../../centers/index.ts';
import { lazyPane } from '../../shell/lazyPane.ts';
import { useSession } from '../../shell/session.tsx';
import { useInstitutions } from '../../shell/useInstitutions.ts';

/** Who has rooms to examine patients in. */
const examiners = ['county-hospital', 'township', 'community'];
const flags = ['chest-pain', 'stroke', 'trauma', 'maternal', 'contracted-referral'];

/** How urgent it is, the centre's own fields, why it is asked for, and where it is examined. */
export function RequestFields({ center, items }: { center: CenterKind; items: string[] }) {
  const { t } = useTranslation(['order', 'shell']);
  const session = useSession();
  const institutions = useInstitutions();
  const module = modules.find(({ kind }) => kind === center);
  const OrderFields = module?.OrderFields && lazyPane(module.OrderFields);
  return (
    <>
      <Form.Item name="priority" label={t('shell:column.priority')}>
        <Radio.Group
          optionType="button"
          options={(['routine', 'urgent', 'emergency'] as const).map((value) => ({
            value,
            label: t(`shell:priority.${value}`),
          }))}
        />
      </Form.Item>
      {OrderFields && (
        <Suspense fallback={null}>
          <OrderFields items={items} />
        </Suspense>
      )}
      {center !== 'sterilization' && (
        <Form.Item name="flags" label={t('flags')}>
          <Checkbox.Group options={flags.map((value) => ({ value, label: t(`shell:flag.${value}`) }))} />
        </Form.Item>
      )}
      <Form.Item name="clinicalInfo" label={t('clinicalInfo')}>
        <Input.TextArea rows={3} maxLength={4000} placeholder={t('clinicalInfoHint')} />
      </Form.Item>
      <Form.Item name="placerOrderNumber" label={t('placerOrderNumber')}>
        <Input maxLength={64} autoComplete="off" style={{ width: 200 }} />
      </Form.Item>
      <Form.Item name="performingInstitution" label={t('performing')}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={session.institution.name}
          options={(institutions.data ?? [])
            .filter((i) => examiners.includes(i.kind))
            .map((i) => ({ value: i.code, label: i.name }))}
        />
      </Form.Item>
    </>
  );
}
