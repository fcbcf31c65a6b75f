import { Alert, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { errorText } from '../../shell/states.tsx';

export type CardAct = 'reported' | 'dismissed';

export interface NotifiableCard {
  id: string;
  orderId: string;
  accessionNumber: string;
  patientName: string | null;
  institutionName: string;
  disease: string;
  diseaseEn: string;
  class: string;
  evidence: string;
  foundAt: string;
  dueAt: string;
  state: string;
  late: boolean;
  answeredBy: string | null;
  cardNumber: string | null;
  reason: string | null;
}

interface Props {
  card: NotifiableCard;
  disease: string;
  act: CardAct;
  onClose: () => void;
  onDone: () => void;
}

/** What was done with a card: its number in the national system, or why it is no case. */
export function CardDialog({ card, disease, act, onClose, onDone }: Props) {
  const { t } = useTranslation(['notifiable', 'shell']);
  const [form] = Form.useForm<{ text: string }>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const run = async () => {
    const { text } = await form.validateFields();
    setBusy(true);
    setFailure(null);
    try {
      await post(`/api/notifiable/${card.id}/answer`, {
        kind: act,
        ...(act === 'reported' ? { cardNumber: text } : { reason: text }),
      });
      onDone();
      onClose();
    } catch (error) {
      setFailure(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t(`act.${act}`)}
      okText={t('shell:action.confirm')}
      okButtonProps={{ loading: busy }}
      onOk={() => void run().catch(() => undefined)}
      onCancel={onClose}
      destroyOnHidden
    >
      <p>
        <b>{card.patientName ?? t('shell:patient.unknown')}</b> · {card.accessionNumber} · {disease}
      </p>
      <p className="hub-prewrap">{card.evidence}</p>
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={() => void run().catch(() => undefined)}
      >
        <Form.Item
          name="text"
          label={t(`ask.${act}`)}
          rules={[{ required: true, whitespace: true, message: t(`need.${act}`) }]}
        >
          <Input autoFocus maxLength={act === 'reported' ? 60 : 500} />
        </Form.Item>
      </Form>
      {failure && <Alert type="error" showIcon title={failure} />}
    </Modal>
  );
}
