import { Button, Form, Input, InputNumber, Select, Switch, type FormInstance } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { post, put } from '../../api/client.ts';
import { errorText } from '../../shell/states.tsx';
import { FormDialog } from '../../shell/FormDialog.tsx';

export interface RuleDefinition {
  disease: string;
  diseaseEn: string;
  class: 'A' | 'B' | 'C';
  dueHours: number;
  words: string[];
  testCodes: string[];
  testValues: string[];
  active: boolean;
}
export interface NotifiableRule extends RuleDefinition {
  code: string;
  version: number;
  cards: number;
  updatedAt: string;
  updatedBy: string | null;
}
type Values = RuleDefinition & { code: string; reason: string };

interface Props {
  /** Null: a new rule. */
  rule: NotifiableRule | null;
  onClose: () => void;
  onDone: () => void;
}

/** A rule's next version, tried on the reports of the last 90 days before it is saved. */
export function RuleDialog({ rule, onClose, onDone }: Props) {
  const { t } = useTranslation(['notifiable', 'shell']);
  const needed = [{ required: true, message: t('rule.needed') }];
  return (
    <FormDialog<Values>
      open
      width={680}
      title={rule ? `${t('rule.edit')} · ${rule.disease}` : t('rule.add')}
      initial={rule ?? { class: 'B', dueHours: 24, words: [], testCodes: [], testValues: [], active: true }}
      onClose={onClose}
      onSave={async ({ code, ...values }) => {
        const body = {
          ...values,
          words: values.words ?? [],
          testCodes: values.testCodes ?? [],
          testValues: values.testValues ?? [],
        };
        await (rule
          ? put(`/api/notifiable-rules/${rule.code}`, { ...body, version: rule.version })
          : post(`/api/notifiable-rules/${code}`, body));
        onDone();
      }}
    >
      {(form) => (
        <>
          {!rule && (
            <Form.Item
              name="code"
              label={t('rule.code')}
              rules={[{ required: true, pattern: /^[a-z0-9-]{2,40}$/, message: t('rule.codeForm') }]}
            >
              <Input maxLength={40} />
            </Form.Item>
          )}
          <Form.Item name="disease" label={t('rule.disease')} rules={needed}>
            <Input maxLength={80} />
          </Form.Item>
          <Form.Item name="diseaseEn" label={t('rule.diseaseEn')} rules={needed}>
            <Input maxLength={120} />
          </Form.Item>
          <Form.Item name="class" label={t('class')}>
            <Select
              style={{ width: 110 }}
              options={(['A', 'B', 'C'] as const).map((value) => ({ value, label: t(`classes.${value}`) }))}
            />
          </Form.Item>
          <Form.Item name="dueHours" label={t('rule.dueHours')} rules={needed}>
            <InputNumber min={1} max={168} />
          </Form.Item>
          <Form.Item name="active" label={t('rule.active')} valuePropName="checked">
            <Switch />
          </Form.Item>
          <Form.Item name="words" label={t('rule.words')} extra={t('rule.wordsAbout')}>
            <Select mode="tags" open={false} tokenSeparators={['、', ',', '，', ';', '；']} />
          </Form.Item>
          <Form.Item name="testCodes" label={t('rule.testCodes')}>
            <Select mode="tags" open={false} tokenSeparators={['、', ',', '，', ' ']} />
          </Form.Item>
          <Form.Item name="testValues" label={t('rule.testValues')}>
            <Select mode="tags" open={false} tokenSeparators={['、', ',', '，']} />
          </Form.Item>
          <Form.Item name="reason" label={t('rule.reason')} rules={needed}>
            <Input maxLength={500} />
          </Form.Item>
          <Trial form={form} />
        </>
      )}
    </FormDialog>
  );
}

interface Tried {
  read: number;
  found: number;
  items: { orderId: string; accessionNumber: string; evidence: string }[];
}

function Trial({ form }: { form: FormInstance<Values> }) {
  const { t } = useTranslation(['notifiable', 'shell']);
  const [tried, setTried] = useState<Tried | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const run = async () => {
    setBusy(true);
    setFailure(null);
    try {
      const { words = [], testCodes = [], testValues = [] } = form.getFieldsValue();
      setTried(await post<Tried>('/api/notifiable-rules-try', { words, testCodes, testValues, days: 90 }));
    } catch (error) {
      setFailure(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-label={t('rule.try')}>
      <Button loading={busy} onClick={() => void run()}>
        {t('rule.try')}
      </Button>{' '}
      {failure && <span role="alert">{failure}</span>}
      {tried && (
        <>
          <span>{t('rule.tried', { read: tried.read, found: tried.found })}</span>
          <ul className="hub-scroll" style={{ maxHeight: 150 }}>
            {tried.items.map((each) => (
              <li key={each.orderId}>
                <Link to={`/orders/${each.orderId}`} target="_blank" className="hub-num">
                  {each.accessionNumber}
                </Link>{' '}
                {each.evidence}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
