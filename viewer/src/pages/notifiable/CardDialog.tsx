import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { FormDialog } from '../../shell/FormDialog.tsx';

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
  return (
    <FormDialog<{ text: string }>
      open
      title={t(`act.${act}`)}
      okText={t('shell:action.confirm')}
      layout="vertical"
      onSave={async ({ text }) => {
        await post(`/api/notifiable/${card.id}/answer`, {
          kind: act,
          ...(act === 'reported' ? { cardNumber: text } : { reason: text }),
        });
        onDone();
      }}
      onClose={onClose}
    >
      <p>
        <b>{card.patientName ?? t('shell:patient.unknown')}</b> · {card.accessionNumber} · {disease}
      </p>
      <p className="hub-prewrap">{card.evidence}</p>
      <Form.Item
        name="text"
        label={t(`ask.${act}`)}
        rules={[{ required: true, whitespace: true, message: t(`need.${act}`) }]}
      >
        <Input autoFocus maxLength={act === 'reported' ? 60 : 500} />
      </Form.Item>
    </FormDialog>
  );
}
