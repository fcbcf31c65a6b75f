import { Button, Form, Input, Modal, Segmented, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../../shell/format.ts';
import { Choice } from '../Choice.tsx';
import { Outcome } from '../Outcome.tsx';
import type { Indicator, LoadDetail } from '../types.ts';
import { useAct } from '../useAct.ts';

const KINDS = ['outer-chemical', 'class-5', 'biological', 'inner-chemical'] as const;

interface Values {
  kind: (typeof KINDS)[number];
  outcome: 'pass' | 'fail';
  control?: 'growth' | 'no-growth';
  lot?: string;
  packCode?: string;
  note?: string;
}

/** The load's indicators, and the reading of one. A failed biological indicator says first what it will set off. */
export function IndicatorsPane({ load }: { load: LoadDetail }) {
  const { t } = useTranslation(['sterilization', 'shell']);
  const { act, busy } = useAct();
  const [open, setOpen] = useState(false);
  const [form] = Form.useForm<Values>();
  const kind = Form.useWatch('kind', form);
  const outcome = Form.useWatch('outcome', form);
  const save = async (values: Values) => {
    const answer = await act<{ recall?: { number: string; recalled: number } }>(
      'record-indicator',
      { loadId: load.id, ...values },
      t('indicator.saved'),
    );
    if (answer) setOpen(false);
  };
  return (
    <section className="hub-panel">
      <div className="hub-bar">
        <h2 className="hub-title">{t('indicator.title')}</h2>
        <span className="hub-grow" />
        {load.state !== 'running' && <Button onClick={() => setOpen(true)}>{t('indicator.read')}</Button>}
      </div>
      <Table<Indicator>
        size="small"
        rowKey="id"
        pagination={false}
        dataSource={load.indicators}
        locale={{ emptyText: t('indicator.none') }}
        columns={[
          { title: t('indicator.kind'), render: (_, row) => t(`indicator.${row.kind}`) },
          { title: t('indicator.lot'), dataIndex: 'lot' },
          { title: t('test.outcome'), render: (_, row) => <Outcome value={row.outcome} /> },
          {
            title: t('indicator.control'),
            render: (_, row) => (row.control ? t(`indicator.${row.control}`) : ''),
          },
          { title: t('indicator.readAt'), render: (_, row) => `${dateTime(row.readAt)} ${row.readBy ?? ''}` },
          {
            title: t('indicator.pack'),
            render: (_, row) => load.packs.find((pack) => pack.packId === row.packId)?.code ?? '',
          },
        ]}
      />
      <Modal
        open={open}
        title={t('indicator.read')}
        okText={t('form.save')}
        okButtonProps={{ loading: busy, danger: outcome === 'fail' }}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        <Form<Values>
          form={form}
          layout="vertical"
          preserve={false}
          requiredMark={false}
          initialValues={{ kind: 'outer-chemical' }}
          onFinish={(values) => void save(values)}
        >
          <Form.Item name="kind" label={t('indicator.kind')}>
            <Segmented options={KINDS.map((value) => ({ value, label: t(`indicator.${value}`) }))} />
          </Form.Item>
          <Form.Item
            name="outcome"
            label={t('test.outcome')}
            rules={[{ required: true, message: t('form.required') }]}
          >
            <Choice
              options={(['pass', 'fail'] as const).map((value) => ({ value, label: t(`outcome.${value}`) }))}
            />
          </Form.Item>
          {kind === 'biological' && (
            <>
              <Form.Item
                name="control"
                label={t('indicator.control')}
                rules={[{ required: true, message: t('form.required') }]}
              >
                <Choice
                  options={(['growth', 'no-growth'] as const).map((value) => ({
                    value,
                    label: t(`indicator.${value}`),
                  }))}
                />
              </Form.Item>
              {outcome === 'fail' && (
                <p className="hub-tone-breach">{t('indicator.failConsequence', { machine: load.machine })}</p>
              )}
            </>
          )}
          <Form.Item name="lot" label={t('indicator.lot')}>
            <Input />
          </Form.Item>
          {(kind === 'outer-chemical' || kind === 'inner-chemical') && (
            <Form.Item name="packCode" label={t('indicator.onePack')} extra={t('indicator.onePackHint')}>
              <Input />
            </Form.Item>
          )}
          <Form.Item name="note" label={t('form.note')}>
            <Input.TextArea rows={2} />
          </Form.Item>
        </Form>
      </Modal>
    </section>
  );
}
