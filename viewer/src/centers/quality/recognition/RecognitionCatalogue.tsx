import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Form, Input, InputNumber, Modal, Segmented, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get, put } from '../../../api/client.ts';
import { may } from '../../../shell/access.ts';
import { useSession } from '../../../shell/session.tsx';
import { errorText } from '../../../shell/states.tsx';
import { FigureTable } from '../FigureTable.tsx';

interface Item {
  itemCode: string;
  name: string;
  nameEn: string;
  centerKind: string;
  eligible: boolean;
  exceptionNote: string | null;
  validityDays: number;
  countsFrom: 'examination' | 'report';
  price: number | null;
}

/** Items with validity and exceptions; whoever manages recognition changes them, signed labels stay as they are. */
export function RecognitionCatalogue() {
  const { t, i18n } = useTranslation(['quality', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const client = useQueryClient();
  const [editing, setEditing] = useState<Item | null>(null);
  const items = useQuery({
    queryKey: ['recognition', 'items'],
    queryFn: () => get<{ items: Item[] }>('/api/recognition/items'),
  });
  const save = async (values: Omit<Item, 'itemCode'>) => {
    try {
      await put(`/api/recognition/items/${editing?.itemCode}`, values);
      setEditing(null);
      await client.invalidateQueries({ queryKey: ['recognition', 'items'] });
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const manages = may(session, 'recognition.manage');
  return (
    <>
      <FigureTable<Item>
        title={t('recognitionCatalogue')}
        rows={items.data?.items}
        error={items.error}
        rowKey={(row) => row.itemCode}
        empty={t('recognition.noItems')}
        columns={[
          { title: t('column.center'), text: (row) => t(`area.${row.centerKind}`) },
          {
            title: t('column.item'),
            text: (row) => `${i18n.language === 'en-US' ? row.nameEn : row.name} ${row.itemCode}`,
          },
          {
            title: t('column.validity'),
            number: true,
            text: (row) => row.validityDays,
            render: (row) => t('days', { n: row.validityDays }),
          },
          { title: t('recognition.countsFrom'), text: (row) => t(`recognition.from.${row.countsFrom}`) },
          {
            title: t('column.eligible'),
            text: (row) => (row.eligible ? t('eligible') : `${t('exception')}:${row.exceptionNote ?? ''}`),
          },
          {
            title: t('column.price'),
            number: true,
            text: (row) => row.price,
            render: (row) => row.price?.toFixed(2) ?? '—',
          },
          ...(manages
            ? [
                {
                  title: t('column.acts'),
                  text: () => '',
                  render: (row: Item) => (
                    <Button size="small" onClick={() => setEditing(row)}>
                      {t('shell:action.edit', { defaultValue: t('edit') })}
                    </Button>
                  ),
                },
              ]
            : []),
        ]}
      />
      <Modal
        open={editing !== null}
        title={editing ? `${editing.name} ${editing.itemCode}` : ''}
        footer={null}
        onCancel={() => setEditing(null)}
        destroyOnHidden
      >
        {editing && (
          <Form
            layout="vertical"
            initialValues={editing}
            onFinish={(values: Omit<Item, 'itemCode'>) => void save(values)}
          >
            <Form.Item name="eligible" label={t('column.eligible')} valuePropName="checked">
              <Switch checkedChildren={t('eligible')} unCheckedChildren={t('exception')} />
            </Form.Item>
            <Form.Item
              name="exceptionNote"
              label={t('recognition.exceptionNote')}
              dependencies={['eligible']}
              rules={[
                ({ getFieldValue }) => ({
                  required: getFieldValue('eligible') !== true,
                  message: t('recognition.exceptionRequired'),
                }),
              ]}
            >
              <Input maxLength={300} />
            </Form.Item>
            <Form.Item name="validityDays" label={t('recognition.validityDays')} rules={[{ required: true }]}>
              <InputNumber min={0} max={3650} />
            </Form.Item>
            <Form.Item name="countsFrom" label={t('recognition.countsFrom')}>
              <Segmented
                options={(['examination', 'report'] as const).map((value) => ({
                  value,
                  label: t(`recognition.from.${value}`),
                }))}
              />
            </Form.Item>
            <Button type="primary" htmlType="submit">
              {t('save')}
            </Button>
          </Form>
        )}
      </Modal>
    </>
  );
}
