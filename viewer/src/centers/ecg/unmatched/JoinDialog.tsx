import { useQuery } from '@tanstack/react-query';
import { Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../../api/client.ts';
import type { Waiting } from './waiting.ts';

interface Found {
  orderId: string;
  accessionNumber: string;
  patientName: string | null;
  institutionName: string;
  itemName?: string | null;
}

/** Candidates first, then any open order found by name, pinyin or number. */
export function JoinDialog({
  row,
  close,
  join,
}: {
  row: Waiting;
  close: () => void;
  join: (orderId: string) => void;
}) {
  const { t } = useTranslation('ecg');
  const [typed, setTyped] = useState(row.detail.patientName ?? '');
  const [chosen, setChosen] = useState<string | undefined>(row.candidates[0]?.orderId);
  const found = useQuery({
    queryKey: ['ecg', 'orders', typed],
    queryFn: async () =>
      (await get<{ items: Found[] }>(`/api/centers/ecg/worklist?limit=20&q=${encodeURIComponent(typed)}`))
        .items,
    enabled: typed.trim().length > 0,
  });
  const options = [
    ...row.candidates.map((candidate) => ({
      value: candidate.orderId,
      label: `${candidate.accessionNumber} ${candidate.patientName ?? ''} ${candidate.itemName}`,
    })),
    ...(found.data ?? []).map((order) => ({
      value: order.orderId,
      label: `${order.accessionNumber} ${order.patientName ?? ''} · ${order.institutionName} ${order.itemName ?? ''}`,
    })),
  ].filter(
    (option, i, all) =>
      option.value !== row.orderId && all.findIndex((other) => other.value === option.value) === i,
  );
  return (
    <Modal
      open
      title={t('unmatched.joinTitle')}
      onCancel={close}
      okButtonProps={{ disabled: !chosen }}
      onOk={() => chosen && join(chosen)}
    >
      <p>{t('unmatched.joinHow')}</p>
      <Select
        style={{ width: '100%' }}
        aria-label={t('unmatched.joinTitle')}
        showSearch={{ filterOption: false, onSearch: setTyped }}
        value={chosen ?? null}
        onChange={(value: string | null) => setChosen(value ?? undefined)}
        options={options}
      />
    </Modal>
  );
}
