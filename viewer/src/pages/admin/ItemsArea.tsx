import { AutoComplete, Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post, put } from '../../api/client.ts';
import { may } from '../../shell/access.ts';
import { useSession } from '../../shell/session.tsx';
import { AdminList } from './AdminList.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';
import { useRefresh } from './useRefresh.ts';

type Center = 'imaging' | 'ecg' | 'pathology';
interface Item {
  code: string;
  centerKind: Center;
  name: string;
  nameEn: string;
  itemClass: string;
  modality: string | null;
  bodyPart: string | null;
  reportGroup: string | null;
  price: string | number | null;
  active: boolean;
}

const classes: Record<Center, string[]> = {
  imaging: ['xray', 'ct-mr', 'us', 'other'],
  ecg: ['ecg-12', 'holter', 'other'],
  pathology: ['small-biopsy', 'histology', 'frozen', 'cytology', 'consultation', 'other'],
};
const modalities = ['DX', 'CR', 'CT', 'MR', 'US', 'MG', 'XA', 'RF', 'NM', 'PT', 'ES', 'ECG', 'SM'];
// Terms of DICOM PS3.16 CID 4 in use here; another one may be typed.
const bodyParts =
  'HEAD SINUS NECK THYROID CHEST BREAST HEART ABDOMEN PELVIS CSPINE TSPINE LSPINE SHOULDER ELBOW WRIST HAND HIP KNEE ANKLE FOOT'.split(
    ' ',
  );
const options = (values: string[]) => values.map((value) => ({ value }));

/** What can be ordered of imaging, ECG and pathology; an item is taken off the offer, never deleted. */
export default function ItemsArea() {
  const { t } = useTranslation(['admin', 'shell']);
  const session = useSession();
  const refresh = useRefresh(['items'], ['catalogue']);
  const [editing, setEditing] = useState<Partial<Item> | null>(null);
  const old = editing?.name !== undefined;
  const centers = (Object.keys(classes) as Center[]).filter(
    (center) => may(session, 'admin.settings') || session.centers.includes(center),
  );
  return (
    <>
      <AdminList<Item>
        name={t('areas.items')}
        queryKey={['items']}
        path="/api/items"
        rowKey="code"
        columns={[
          {
            key: 'center',
            title: t('shell:order.center'),
            width: 90,
            text: (row) => t(`shell:center.${row.centerKind}`),
          },
          { key: 'code', title: t('code'), width: 110, text: (row) => row.code },
          { key: 'name', title: t('name'), text: (row) => row.name },
          { key: 'nameEn', title: t('nameEn'), wrap: 150, text: (row) => row.nameEn },
          {
            key: 'class',
            title: t('class'),
            width: 80,
            text: (row) => t(`itemClass.${row.itemClass}`),
          },
          { key: 'modality', title: t('modality'), width: 60, text: (row) => row.modality ?? '' },
          { key: 'bodyPart', title: t('bodyPart'), width: 90, text: (row) => row.bodyPart ?? '' },
          {
            key: 'price',
            title: t('price'),
            width: 80,
            text: (row) => (row.price === null ? '' : Number(row.price).toFixed(2)),
          },
          {
            key: 'active',
            title: t('state'),
            width: 80,
            text: (row) => t(row.active ? 'offered' : 'notOffered'),
            render: (row) => (
              <span className={row.active ? undefined : 'hub-quiet'}>
                {t(row.active ? 'offered' : 'notOffered')}
              </span>
            ),
          },
        ]}
        actions={
          <Button
            type="primary"
            onClick={() => setEditing({ centerKind: centers[0] ?? 'imaging', active: true })}
          >
            {t('shell:action.add')}
          </Button>
        }
        rowActions={(row) => (
          <Button size="small" type="link" onClick={() => setEditing(row)}>
            {t('shell:action.edit')}
          </Button>
        )}
      />
      <FormDialog<Item>
        open={editing !== null}
        title={t(old ? 'editItem' : 'addItem')}
        initial={{ ...editing, ...(editing?.price != null && { price: Number(editing.price) }) }}
        onClose={() => setEditing(null)}
        onSave={async ({ code, centerKind, ...facts }) => {
          if (old) await put(`/api/items/${editing?.code ?? code}`, facts);
          else await post('/api/items', { code, centerKind, ...facts });
          refresh();
        }}
      >
        {(form) => (
          <>
            <Form.Item name="centerKind" label={t('shell:order.center')}>
              <Select
                disabled={old}
                onChange={() => form.setFieldValue('itemClass', undefined)}
                options={centers.map((value) => ({ value, label: t(`shell:center.${value}`) }))}
              />
            </Form.Item>
            <Form.Item
              name="code"
              label={t('code')}
              extra={t('itemCodeHint')}
              rules={[{ required: true, pattern: /^[A-Z0-9._-]{1,40}$/, message: t('itemCodeHint') }]}
            >
              <Input disabled={old} maxLength={40} placeholder="DR-KNEE" />
            </Form.Item>
            <Form.Item name="name" label={t('name')} rules={[{ required: true, message: t('required') }]}>
              <Input maxLength={80} />
            </Form.Item>
            <Form.Item name="nameEn" label={t('nameEn')} rules={[{ required: true, message: t('required') }]}>
              <Input maxLength={80} />
            </Form.Item>
            <Form.Item noStyle shouldUpdate={(a: Item, b: Item) => a.centerKind !== b.centerKind}>
              {({ getFieldValue }) => (
                <Form.Item
                  name="itemClass"
                  label={t('class')}
                  extra={t('itemClassHint')}
                  rules={[{ required: true, message: t('required') }]}
                >
                  <Select
                    options={classes[(getFieldValue('centerKind') as Center | undefined) ?? 'imaging'].map(
                      (value) => ({ value, label: t(`itemClass.${value}`) }),
                    )}
                  />
                </Form.Item>
              )}
            </Form.Item>
            <Form.Item name="modality" label={t('modality')} extra={t('itemModalityHint')}>
              <Select allowClear showSearch options={options(modalities)} />
            </Form.Item>
            <Form.Item name="bodyPart" label={t('bodyPart')}>
              <AutoComplete allowClear options={options(bodyParts)} showSearch={{ filterOption: true }} />
            </Form.Item>
            <Form.Item name="reportGroup" label={t('reportGroup')} extra={t('reportGroupHint')}>
              <Input maxLength={40} />
            </Form.Item>
            <Form.Item name="price" label={t('price')}>
              <InputNumber min={0} max={1_000_000} precision={2} suffix={t('yuan')} />
            </Form.Item>
            <Form.Item name="active" label={t('offered')} valuePropName="checked">
              <Switch />
            </Form.Item>
          </>
        )}
      </FormDialog>
    </>
  );
}
