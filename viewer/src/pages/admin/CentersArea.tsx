import { Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { centerKinds, type CenterKind } from '../../api/types.ts';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { InstitutionSelect } from '../../shell/InstitutionSelect.tsx';
import { useRefresh } from './useRefresh.ts';

interface Center {
  id: string;
  kind: CenterKind;
  institutionName: string;
  twoPerson: boolean;
  twoPersonEmergency: boolean;
  preliminaryVisible: boolean;
  phoneSigning: boolean;
  claimIdleMinutes: number;
  dutyPhone: string | null;
  active: boolean;
}

/** Centres and the rules they work by. */
export default function CentersArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const refresh = useRefresh(['centers']);
  const [editing, setEditing] = useState<Center | null>(null);
  const [adding, setAdding] = useState(false);
  const yes = (value: boolean) => t(value ? 'yes' : 'no');
  return (
    <>
      <AdminList<Center>
        name={t('areas.centers')}
        queryKey={['centers']}
        path="/api/centers"
        rowKey="id"
        columns={[
          { key: 'kind', title: t('shell:order.center'), text: (row) => t(`shell:center.${row.kind}`) },
          { key: 'institution', title: t('institution'), text: (row) => row.institutionName },
          { key: 'two', title: t('twoPerson'), text: (row) => yes(row.twoPerson) },
          { key: 'twoEmergency', title: t('twoPersonEmergency'), text: (row) => yes(row.twoPersonEmergency) },
          { key: 'preliminary', title: t('preliminaryVisible'), text: (row) => yes(row.preliminaryVisible) },
          { key: 'phoneSigning', title: t('phoneSigning'), text: (row) => yes(row.phoneSigning) },
          { key: 'idle', title: t('claimIdle'), text: (row) => String(row.claimIdleMinutes) },
          { key: 'phone', title: t('dutyPhone'), text: (row) => row.dutyPhone ?? '' },
          { key: 'active', title: t('state'), text: (row) => t(row.active ? 'active' : 'inactive') },
        ]}
        actions={<Button onClick={() => setAdding(true)}>{t('addCenter')}</Button>}
        rowActions={(row) => (
          <Button size="small" type="link" onClick={() => setEditing(row)}>
            {t('shell:action.edit')}
          </Button>
        )}
      />
      <FormDialog<Center>
        open={editing !== null}
        title={
          editing
            ? t('editOf', { what: `${t(`shell:center.${editing.kind}`)} ${editing.institutionName}` })
            : ''
        }
        initial={editing ?? {}}
        onClose={() => setEditing(null)}
        onSave={async (values) => {
          await put(`/api/centers/${editing?.id ?? ''}`, values);
          refresh();
        }}
      >
        {(['twoPerson', 'twoPersonEmergency', 'preliminaryVisible', 'phoneSigning', 'active'] as const).map(
          (name) => (
            <Form.Item key={name} name={name} label={t(name)} valuePropName="checked" labelCol={{ span: 12 }}>
              <Switch />
            </Form.Item>
          ),
        )}
        <Form.Item name="claimIdleMinutes" label={t('claimIdle')} labelCol={{ span: 12 }}>
          <InputNumber min={1} max={1440} />
        </Form.Item>
        <Form.Item name="dutyPhone" label={t('dutyPhone')} labelCol={{ span: 12 }}>
          <Input maxLength={40} />
        </Form.Item>
      </FormDialog>
      <FormDialog<{ kind: CenterKind; institutionId: string }>
        open={adding}
        title={t('addCenter')}
        onClose={() => setAdding(false)}
        onSave={async (values) => {
          await post('/api/centers', values);
          refresh();
        }}
      >
        <Form.Item
          name="kind"
          label={t('shell:order.center')}
          rules={[{ required: true, message: t('required') }]}
        >
          <Select options={centerKinds.map((value) => ({ value, label: t(`shell:center.${value}`) }))} />
        </Form.Item>
        <Form.Item
          name="institutionId"
          label={t('institution')}
          rules={[{ required: true, message: t('required') }]}
        >
          <InstitutionSelect />
        </Form.Item>
      </FormDialog>
    </>
  );
}
