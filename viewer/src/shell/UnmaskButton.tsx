import { Button, Descriptions, Form, Input, Modal, Typography } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../api/client.ts';
import { may } from './access.ts';
import { FormDialog } from './FormDialog.tsx';
import { useSession } from './session.tsx';

interface Clear {
  phone: string | null;
  identifiers: { type: string; value: string }[];
}

const SHOWN_SECONDS = 30;

/** Documents and telephone of a patient in clear: for a reason, which the audit keeps, and for half a minute. */
export function UnmaskButton({ patient }: { patient: { id: string; name: string } }) {
  const { t } = useTranslation('shell');
  const session = useSession();
  const [asking, setAsking] = useState(false);
  const [clear, setClear] = useState<Clear | null>(null);
  if (!may(session, 'patient.unmask')) return null;
  return (
    <>
      <Button size="small" type="link" onClick={() => setAsking(true)}>
        {t('unmask.show')}
      </Button>
      <FormDialog<{ reason: string }>
        open={asking}
        title={t('unmask.title', { name: patient.name })}
        okText={t('unmask.show')}
        layout="vertical"
        onClose={() => setAsking(false)}
        onSave={async (values) => setClear(await post<Clear>(`/api/patients/${patient.id}/unmask`, values))}
      >
        <p className="hub-quiet">{t('unmask.consequence')}</p>
        <Form.Item
          name="reason"
          label={t('unmask.reason')}
          rules={[{ required: true, min: 2, whitespace: true, message: t('unmask.reasonNeeded') }]}
        >
          <Input maxLength={500} autoFocus />
        </Form.Item>
      </FormDialog>
      {clear && <InClear name={patient.name} clear={clear} onClose={() => setClear(null)} />}
    </>
  );
}

function InClear({ name, clear, onClose }: { name: string; clear: Clear; onClose: () => void }) {
  const { t } = useTranslation('shell');
  const [left, setLeft] = useState(SHOWN_SECONDS);
  useEffect(() => {
    if (left === 0) return onClose();
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left, onClose]);
  const value = (text: string) => (
    <Typography.Text className="hub-num" copyable={{ tooltips: [t('unmask.copy'), t('unmask.copied')] }}>
      {text}
    </Typography.Text>
  );
  return (
    <Modal
      open
      title={t('unmask.title', { name })}
      footer={<Button onClick={onClose}>{t('unmask.hide', { n: left })}</Button>}
      onCancel={onClose}
      width={420}
    >
      <Descriptions
        size="small"
        column={1}
        items={[
          ...clear.identifiers.map((each, key) => ({
            key,
            label: t(`identifier.${each.type}`, { defaultValue: each.type }),
            children: value(each.value),
          })),
          {
            key: 'phone',
            label: t('unmask.phone'),
            children: clear.phone ? value(clear.phone) : t('unmask.noPhone'),
          },
        ]}
      />
    </Modal>
  );
}
