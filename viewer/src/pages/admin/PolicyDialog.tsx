import { Alert, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { CenterKind } from '../../api/types.ts';
import { FormDialog } from '../../shell/FormDialog.tsx';

export interface Policy {
  id: string;
  code: string;
  version: number;
  name: string;
  nameEn: string | null;
  centerKind: CenterKind;
  itemClass: string | null;
  priority: string | null;
  flag: string | null;
  kind: string;
  startEvent: string;
  stopEvent: string;
  targetMinutes: number;
  warnMinutes: number;
  workingDays: number | null;
  calendarName: string | null;
  mark: 'N' | 'L' | 'P';
  validFrom: string;
  validTo: string | null;
}

type Values = Pick<
  Policy,
  'name' | 'nameEn' | 'targetMinutes' | 'warnMinutes' | 'workingDays' | 'itemClass' | 'priority'
>;

/** Item classes of a centre's catalogue; sterile supply promises by priority alone. */
const classes: Record<CenterKind, string[]> = {
  imaging: ['xray', 'ct-mr', 'us', 'other'],
  ecg: ['ecg-12', 'holter', 'other'],
  lab: ['chemistry', 'immunology', 'coagulation', 'hematology', 'urine', 'culture', 'other'],
  pathology: ['small-biopsy', 'histology', 'frozen', 'cytology', 'consultation', 'other'],
  sterilization: [],
};

interface Props {
  policy: Policy | null;
  /** One beside it for an item class or a priority, instead of a new version of it. */
  special: boolean;
  onClose: () => void;
  onSaved: () => void;
}

/** A new version of a turnaround policy, or a special one beside it. */
export function PolicyDialog({ policy, special, onClose, onSaved }: Props) {
  const { t, i18n } = useTranslation(['admin', 'shell']);
  const name = (i18n.language === 'en-US' ? policy?.nameEn : null) ?? policy?.name ?? '';
  const hint = policy?.mark === 'N' ? 'policyHintNational' : 'policyHint';
  const { warnMinutes: _, ...rest } = policy ?? {};
  const other = { ...rest, name: '', nameEn: '' };
  const needed = [{ required: true, message: t('required') }];
  return (
    <FormDialog<Values>
      open={policy !== null}
      title={t(special ? 'policy.specialOf' : 'newVersionOf', { what: name })}
      initial={special ? other : (policy ?? {})}
      onClose={onClose}
      onSave={async ({ itemClass, priority, warnMinutes, ...values }) => {
        const path = `/api/policies/${policy?.id ?? ''}`;
        if (!special) await post(`${path}/versions`, { ...values, warnMinutes });
        else
          await post(`${path}/special`, {
            ...values,
            ...(warnMinutes != null && { warnMinutes }),
            ...(policy?.itemClass === null && { itemClass }),
            ...(policy?.priority === null && { priority }),
          });
        onSaved();
      }}
    >
      <Alert type="info" title={t(special ? 'policy.specialHint' : hint)} style={{ marginBottom: 10 }} />
      <Form.Item name="name" label={t('name')} rules={needed}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="nameEn" label={t('nameEn')}>
        <Input maxLength={120} />
      </Form.Item>
      {special && policy?.itemClass === null && (
        <Form.Item name="itemClass" label={t('policy.itemClassLabel')}>
          <Select
            allowClear
            placeholder={t('policy.anyPriority')}
            options={classes[policy.centerKind].map((value) => ({ value, label: t(`itemClass.${value}`) }))}
          />
        </Form.Item>
      )}
      {special && policy?.priority === null && (
        <Form.Item name="priority" label={t('policy.priority')}>
          <Select
            allowClear
            placeholder={t('policy.anyPriority')}
            options={['emergency', 'urgent', 'routine'].map((value) => ({
              value,
              label: t(`shell:priority.${value}`),
            }))}
          />
        </Form.Item>
      )}
      <Form.Item name="targetMinutes" label={t('targetMinutes')} rules={needed}>
        <InputNumber min={1} max={100000} />
      </Form.Item>
      <Form.Item name="warnMinutes" label={t('warnMinutes')} rules={special ? [] : needed}>
        <InputNumber min={0} max={100000} />
      </Form.Item>
      <Form.Item name="workingDays" label={t('workingDays')}>
        <InputNumber min={1} max={60} />
      </Form.Item>
    </FormDialog>
  );
}
