import { Alert, Button, Form, Input, Modal, Radio, Select } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSession } from '../session.tsx';
import { EarlierResultFacts, type EarlierResult } from './EarlierResult.tsx';
import type { RecognitionDecision } from './recognitionDecision.ts';

export type RecognitionPrompt = EarlierResult & { outdated?: boolean };

const reasons = [
  'condition-changed',
  'fast-changing',
  'before-major-act',
  'emergency',
  'assessment',
  'other',
] as const;
type Values = Record<
  string,
  { decision?: 'adopt' | 'repeat'; reason?: string; note?: string; told?: string }
>;

interface Props {
  prompts: RecognitionPrompt[];
  /** Why the last submission did not go through. */
  failure?: string | null;
  /** What stands beside the prompts without a decision: results of other platforms. */
  beside?: ReactNode;
  onDecide: (decisions: RecognitionDecision[]) => Promise<void>;
  onClose: () => void;
}

/** All prompts are decided in one submission; closing the window is not a decision. The clinician decides. */
export function RecognitionDialog({ prompts, failure, beside, onDecide, onClose }: Props) {
  const { t } = useTranslation(['order', 'shell']);
  const session = useSession();
  const [form] = Form.useForm<Values>();
  const values = Form.useWatch([], form) ?? {};
  const [busy, setBusy] = useState(false);
  const run = async () => {
    const all = await form.validateFields();
    setBusy(true);
    const decisions = prompts.map((prompt): RecognitionDecision => {
      const value = all[prompt.promptId] ?? {};
      if (value.decision === 'adopt') return { promptId: prompt.promptId, decision: 'adopt' };
      return {
        promptId: prompt.promptId,
        decision: 'repeat',
        ...(value.reason ? { reason: value.reason } : {}),
        ...(value.note ? { note: value.note } : {}),
        patientInformed: { by: value.told || session.user.name, at: new Date().toISOString() },
      };
    });
    await onDecide(decisions).finally(() => setBusy(false));
  };
  return (
    <Modal
      open={prompts.length > 0}
      title={t('recognition.title', { n: prompts.length })}
      width={720}
      onCancel={onClose}
      mask={{ closable: false }}
      footer={[
        <Button key="close" onClick={onClose}>
          {t('recognition.later')}
        </Button>,
        <Button key="ok" type="primary" loading={busy} onClick={() => void run().catch(() => undefined)}>
          {t('recognition.decide')}
        </Button>,
      ]}
      destroyOnHidden
    >
      <Alert type="info" title={t('recognition.hint')} style={{ marginBottom: 10 }} />
      <Form form={form} layout="vertical" requiredMark={false} preserve={false}>
        {prompts.map((prompt) => {
          const chosen = values[prompt.promptId];
          return (
            <fieldset key={prompt.promptId} className="hub-fieldset">
              <legend>
                {prompt.itemName ?? prompt.itemCode} {prompt.label ? <b>{prompt.label}</b> : null}
              </legend>
              <EarlierResultFacts result={prompt} />
              <Form.Item
                name={[prompt.promptId, 'decision']}
                rules={[{ required: true, message: t('recognition.required') }]}
              >
                <Radio.Group
                  options={[
                    {
                      value: 'adopt',
                      label: prompt.outdated ? t('recognition.outdated') : t('recognition.adopt'),
                      disabled: prompt.outdated ?? false,
                    },
                    { value: 'repeat', label: t('recognition.repeat') },
                  ]}
                />
              </Form.Item>
              {chosen?.decision === 'repeat' && (
                <div className="hub-columns">
                  <Form.Item
                    name={[prompt.promptId, 'reason']}
                    label={t('shell:reason.label')}
                    rules={[{ required: true, message: t('shell:reason.required') }]}
                  >
                    <Select
                      options={reasons.map((value) => ({ value, label: t(`recognition.reasons.${value}`) }))}
                    />
                  </Form.Item>
                  <Form.Item
                    name={[prompt.promptId, 'told']}
                    label={t('recognition.told')}
                    initialValue={session.user.name}
                    rules={[{ required: true, whitespace: true, message: t('recognition.toldRequired') }]}
                  >
                    <Input maxLength={100} />
                  </Form.Item>
                  <Form.Item
                    name={[prompt.promptId, 'note']}
                    label={t('shell:reason.note')}
                    rules={
                      chosen.reason === 'other'
                        ? [{ required: true, whitespace: true, message: t('shell:reason.noteRequired') }]
                        : []
                    }
                  >
                    <Input maxLength={500} />
                  </Form.Item>
                </div>
              )}
            </fieldset>
          );
        })}
      </Form>
      {beside}
      {failure && <Alert type="error" showIcon title={failure} />}
    </Modal>
  );
}
