import { ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Input, InputNumber, Modal, Select, Table } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Empty, errorText } from '../../shell/states.tsx';
import { largest, modalities, viewportsOf, type HangingProtocol } from './hanging.ts';

interface Props {
  open: boolean;
  own: readonly HangingProtocol[];
  onSave: (own: HangingProtocol[]) => Promise<void>;
  onClose: () => void;
}

const sizes = Array.from({ length: largest * largest }, (_, index) => ({
  rows: Math.floor(index / largest) + 1,
  columns: (index % largest) + 1,
}));
const sizeName = ({ rows, columns }: { rows: number; columns: number }) => `${rows}×${columns}`;

/** A person's hanging protocols: which examination opens in which layout; the first that fits wins. */
export function HangingDialog({ open, own, onSave, onClose }: Props) {
  const { t } = useTranslation(['imaging', 'shell']);
  const { message } = App.useApp();
  const [rows, setRows] = useState<HangingProtocol[]>([]);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (open) setRows([...own]);
  }, [open, own]);
  const change = (index: number, part: Partial<HangingProtocol>) =>
    setRows(rows.map((each, at) => (at === index ? { ...each, ...part } : each)));
  const save = async () => {
    setBusy(true);
    try {
      await onSave(rows);
      message.success(t('hanging.saved'));
      onClose();
    } catch (error) {
      message.error(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open={open}
      title={t('hanging.title')}
      width={820}
      okText={t('shell:action.save')}
      confirmLoading={busy}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <p className="hub-quiet">{t('hanging.hint')}</p>
      <Table<HangingProtocol>
        size="small"
        pagination={false}
        rowKey={(row) => rows.indexOf(row)}
        dataSource={rows}
        scroll={{ y: 320 }}
        locale={{ emptyText: <Empty text={t('hanging.empty')} /> }}
        columns={[
          {
            title: t('hanging.modality'),
            width: 100,
            render: (_, row, index) => (
              <Select
                size="small"
                aria-label={t('hanging.modality')}
                value={row.modality}
                style={{ width: 80 }}
                options={modalities.map((value) => ({ value, label: value }))}
                onChange={(modality: string) => change(index, { modality })}
              />
            ),
          },
          {
            title: t('hanging.bodyPart'),
            width: 150,
            render: (_, row, index) => (
              <Input
                size="small"
                aria-label={t('hanging.bodyPart')}
                placeholder={t('hanging.anyPart')}
                maxLength={16}
                value={row.bodyPart ?? ''}
                onChange={(event) => change(index, { bodyPart: event.target.value })}
              />
            ),
          },
          {
            title: t('hanging.atLeast'),
            width: 110,
            render: (_, row, index) => (
              <InputNumber
                size="small"
                aria-label={t('hanging.atLeast')}
                min={1}
                max={99}
                value={row.atLeast}
                style={{ width: 70 }}
                onChange={(value) => change(index, { atLeast: value ?? 1 })}
              />
            ),
          },
          {
            title: t('layout.label'),
            width: 100,
            render: (_, row, index) => (
              <Select
                size="small"
                aria-label={t('layout.label')}
                value={sizeName(row.layout)}
                style={{ width: 80 }}
                options={sizes.map((size) => ({ value: sizeName(size), label: sizeName(size) }))}
                onChange={(name: string) =>
                  change(index, { layout: sizes.find((size) => sizeName(size) === name) ?? row.layout })
                }
              />
            ),
          },
          {
            title: t('hanging.prior'),
            render: (_, row, index) => (
              <Select
                size="small"
                mode="multiple"
                aria-label={t('hanging.prior')}
                placeholder={t('hanging.noPrior')}
                value={row.priorAt ?? []}
                style={{ width: '100%' }}
                maxCount={Math.max(1, viewportsOf(row.layout) - 1)}
                options={Array.from({ length: Math.max(2, viewportsOf(row.layout)) }, (_, at) => ({
                  value: at + 1,
                  label: t('hanging.viewport', { n: at + 1 }),
                }))}
                onChange={(priorAt: number[]) => change(index, { priorAt })}
              />
            ),
          },
          {
            title: '',
            width: 84,
            render: (_, __, index) => (
              <>
                <Button
                  size="small"
                  type="text"
                  icon={<ArrowUpOutlined />}
                  aria-label={t('hanging.up')}
                  disabled={index === 0}
                  onClick={() =>
                    setRows([
                      ...rows.slice(0, index - 1),
                      ...rows.slice(index, index + 1),
                      ...rows.slice(index - 1, index),
                      ...rows.slice(index + 1),
                    ])
                  }
                />
                <Button
                  size="small"
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t('shell:action.remove')}
                  onClick={() => setRows(rows.filter((_, at) => at !== index))}
                />
              </>
            ),
          },
        ]}
      />
      <Button
        size="small"
        icon={<PlusOutlined />}
        style={{ marginTop: 8 }}
        onClick={() => setRows([...rows, { modality: 'CT', atLeast: 1, layout: { rows: 1, columns: 1 } }])}
      >
        {t('hanging.add')}
      </Button>
    </Modal>
  );
}
