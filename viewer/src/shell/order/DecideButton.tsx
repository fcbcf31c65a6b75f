import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { may } from '../access.ts';
import { useSession } from '../session.tsx';
import { errorText } from '../states.tsx';
import { RecognitionDialog } from './RecognitionDialog.tsx';
import type { RecognitionDecision } from './recognitionDecision.ts';
import { useRecognition } from './useRecognition.ts';

/** The clinician's decision on an order that came by message and waits, or on an emergency that went ahead. */
export function DecideButton({ order, reload }: { order: Order; reload: () => void }) {
  const { t } = useTranslation('order');
  const session = useSession();
  const { message } = App.useApp();
  const [deciding, setDeciding] = useState(false);
  const waits = order.status === 'awaiting-decision' || order.priority === 'emergency';
  const found = useRecognition(order.id, waits && may(session, 'recognition.decide'));
  const prompts = found.data?.items ?? [];
  if (prompts.length === 0) return null;
  const decide = async (recognitionDecisions: RecognitionDecision[]) => {
    try {
      const answer = await post<{ rest: { accessionNumber: string }[] }>(
        `/api/orders/${order.id}/recognition`,
        { recognitionDecisions },
      );
      setDeciding(false);
      if (answer.rest.length > 0)
        message.success(t('recognition.rest', { numbers: answer.rest.map((each) => each.accessionNumber).join('、') })); // prettier-ignore
      reload();
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <>
      <Button size="small" type="primary" onClick={() => setDeciding(true)}>
        {t('recognition.button', { n: prompts.length })}
      </Button>
      <RecognitionDialog
        prompts={deciding ? prompts : []}
        onDecide={decide}
        onClose={() => setDeciding(false)}
      />
    </>
  );
}
