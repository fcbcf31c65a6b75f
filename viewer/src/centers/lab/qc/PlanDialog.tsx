import { InputNumber, Modal, Select, Table } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { put } from '../../../api/client.ts';
import { useAct } from '../useLab.ts';
import { RULES, type Setup, type Use } from './setup.ts';

/** Which Westgard rules of a test warn and which reject, and how long a run is valid. */
export function PlanDialog({
  test,
  plan,
  defaults,
  onClose,
}: {
  test: { code: string; name: string };
  plan: Setup['plans'][number] | undefined;
  defaults: Record<string, Use>;
  onClose: () => void;
}) {
  const { t } = useTranslation(['lab', 'shell']);
  const { act, busy } = useAct();
  const [rules, setRules] = useState<Record<string, Use>>(plan?.rules ?? defaults);
  const [hours, setHours] = useState(plan?.validHours ?? 24);
  const save = async () => {
    const done = await act(
      () =>
        put(`/api/lab/qc/plans/${encodeURIComponent(test.code)}`, {
          rules,
          validHours: hours,
          levels: plan?.levels ?? 2,
        }),
      () => t('said.saved1'),
    );
    if (done !== undefined) onClose();
  };
  return (
    <Modal
      open
      title={`${t('qc.plan')} · ${test.name}`}
      okButtonProps={{ loading: busy }}
      onOk={() => void save()}
      onCancel={onClose}
    >
      <Table
        size="small"
        rowKey="rule"
        pagination={false}
        dataSource={RULES.map((rule) => ({ rule }))}
        columns={[
          { title: t('qc.rules'), dataIndex: 'rule', width: 80 },
          { title: '', render: (_, row) => <span className="hub-quiet">{t(`westgard.${row.rule}`)}</span> },
          {
            title: '',
            width: 120,
            render: (_, row) => (
              <Select
                size="small"
                style={{ width: 100 }}
                aria-label={row.rule}
                value={rules[row.rule] ?? 'off'}
                onChange={(use: Use) => setRules({ ...rules, [row.rule]: use })}
                options={(['reject', 'warning', 'off'] as const).map((value) => ({
                  value,
                  label: t(`qc.use.${value}`),
                }))}
              />
            ),
          },
        ]}
      />
      <InputNumber
        style={{ marginTop: 8, width: 240 }}
        min={1}
        max={168}
        prefix={t('qc.validHours')}
        suffix="h"
        aria-label={t('qc.validHours')}
        value={hours}
        onChange={(value) => setHours(value ?? 24)}
      />
    </Modal>
  );
}
