import { Alert, App, Button, Form, Radio, Space } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { ApiError, post } from '../api/client.ts';
import { centerKinds, type CenterKind } from '../api/types.ts';
import { modules } from '../centers/index.ts';
import { has } from '../shell/access.ts';
import { newKey } from '../shell/newKey.ts';
import { useSession } from '../shell/session.tsx';
import { soundOk, soundWrong } from '../shell/sound.ts';
import { errorText } from '../shell/states.tsx';
import { useDraft } from '../shell/useDraft.ts';
import { useKeys } from '../shell/useKeys.ts';
import { useScanner } from '../shell/useScanner.ts';
import { EarlierResults } from './order/EarlierResults.tsx';
import { PlatformResults } from './order/PlatformResults.tsx';
import { ConsentFields } from './order/ConsentFields.tsx';
import { ItemPicker } from './order/ItemPicker.tsx';
import { MeanwhileAlert, type OrderedMeanwhile } from './order/MeanwhileAlert.tsx';
import type { RecognitionDecision } from '../shell/order/recognitionDecision.ts';
import { readCardCode, toRequest, type OrderForm } from './order/orderForm.ts';
import { PatientFields } from './order/PatientFields.tsx';
import { PlacedAlert, type Placed } from './order/PlacedAlert.tsx';
import { RequestFields } from './order/RequestFields.tsx';
import { RecognitionDialog, type RecognitionPrompt } from '../shell/order/RecognitionDialog.tsx';

const empty: Partial<OrderForm> = {
  center: 'imaging',
  identifierType: 'id-card',
  priority: 'routine',
  items: [],
  flags: [],
};

/** What the centre's own fields hold at first. */
const startOf = (center: CenterKind) => ({
  extra: modules.find(({ kind }) => kind === center)?.orderExtraEmpty ?? {},
});

/** A new request: one patient, one or more items of one centre. */
export default function NewOrderPage() {
  const { t } = useTranslation(['order', 'shell']);
  const session = useSession();
  const { message } = App.useApp();
  const [search] = useSearchParams();
  const [form] = Form.useForm<OrderForm>();
  const draft = useDraft<Partial<OrderForm>>(`new-order.${session.user.id}`);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [prompts, setPrompts] = useState<RecognitionPrompt[]>([]);
  const [meanwhile, setMeanwhile] = useState<OrderedMeanwhile[]>([]);
  // Sent again after a lost line it is the same request; what was changed is another one.
  const key = useRef(newKey());
  const [placed, setPlaced] = useState<Placed | null>(null);
  const center = Form.useWatch('center', form) ?? 'imaging';
  const items = Form.useWatch('items', form) ?? [];
  const identifierType = Form.useWatch('identifierType', form) ?? 'id-card';
  const identifier = Form.useWatch('identifier', form) ?? '';
  const module = modules.find(({ kind }) => kind === center);

  useEffect(() => {
    const asked = search.get('center') as CenterKind | null;
    const kept = draft.read()?.value;
    const at = asked && centerKinds.includes(asked) ? asked : (kept?.center ?? 'imaging');
    form.setFieldsValue({
      ...startOf(at),
      ...(kept?.center === at ? kept : { ...kept, items: [] }),
      center: at,
    });
  }, []);

  useScanner((code) => {
    const card = readCardCode(code);
    if (!card) {
      const field = document.activeElement;
      if (!(field instanceof HTMLInputElement)) soundWrong();
      return;
    }
    soundOk();
    form.setFieldsValue({
      identifierType: 'id-card',
      identifier: card.number,
      birthDate: card.birthDate,
      sex: card.sex,
      ...(card.name ? { name: card.name } : {}),
    });
    document.getElementById('name')?.focus();
  }, 15);

  const send = async (decisions: RecognitionDecision[]) => {
    const values = await form.validateFields();
    setBusy(true);
    setFailure(null);
    setMeanwhile([]);
    try {
      const answer = await post<Placed & { id?: string; accessionNumber?: string; itemName?: string }>(
        '/api/orders',
        toRequest(values, decisions, new Date(), module?.orderExtra?.(values.extra ?? {})),
        { 'idempotency-key': key.current },
      );
      key.current = newKey();
      const orders =
        answer.orders ??
        (answer.id
          ? [
              {
                id: answer.id,
                accessionNumber: answer.accessionNumber ?? '',
                itemName: answer.itemName ?? '',
              },
            ]
          : []);
      setPrompts([]);
      setPlaced({
        requestId: answer.requestId,
        orders,
        adopted: answer.adopted ?? [],
        unanswered: answer.unanswered ?? [],
      });
      draft.drop();
      form.resetFields();
      form.setFieldsValue({ center: values.center, ...startOf(values.center) });
      message.success(orders.length > 0 ? t('placed', { n: orders.length }) : t('allAdopted'));
    } catch (error) {
      if (error instanceof ApiError && /^recognition-(decision-required|prompt-outdated)$/.test(error.code)) {
        setPrompts((error.problem.prompts as RecognitionPrompt[] | undefined) ?? []);
        return;
      }
      if (error instanceof ApiError && error.code === 'ordered-meanwhile') {
        setMeanwhile((error.problem.orders as OrderedMeanwhile[] | undefined) ?? []);
        return;
      }
      setFailure(errorText(error, t));
    } finally {
      setBusy(false);
    }
  };
  const clear = () => {
    form.resetFields();
    form.setFieldsValue({ center, ...startOf(center) });
    draft.drop();
  };
  useKeys({
    'ctrl+enter': { label: t('place'), inText: true, run: () => void send([]).catch(() => undefined) },
    'alt+r': { label: t('clear'), inText: true, run: clear },
  });
  const withPatient = center !== 'sterilization';
  const centers = centerKinds.filter(
    (kind) => kind !== 'sterilization' || has(session, 'nurse', 'clinician'),
  );

  return (
    <div className="hub-page hub-scroll">
      <div className="hub-bar">
        <h1 className="hub-title">{t('shell:rail.newOrder')}</h1>
      </div>
      {placed && <PlacedAlert placed={placed} onClose={() => setPlaced(null)} />}
      <Form<OrderForm>
        form={form}
        initialValues={empty}
        className="hub-order"
        labelCol={{ span: 6 }}
        requiredMark={false}
        scrollToFirstError
        onValuesChange={() => {
          key.current = newKey();
          draft.keep(form.getFieldsValue());
        }}
        onFinish={() => void send([]).catch(() => undefined)}
      >
        <div className="hub-panel">
          {withPatient ? <PatientFields form={form} /> : <p className="hub-quiet">{t('noPatient')}</p>}
          {withPatient && <ConsentFields form={form} />}
        </div>
        <div className="hub-panel">
          <fieldset className="hub-fieldset">
            <legend>{t('items')}</legend>
            <Form.Item name="center" label={t('shell:order.center')}>
              <Radio.Group
                optionType="button"
                options={centers.map((value) => ({ value, label: t(`shell:center.${value}`) }))}
                onChange={(event) =>
                  form.setFieldsValue({ items: [], ...startOf(event.target.value as CenterKind) })
                }
              />
            </Form.Item>
            <Form.Item
              name="items"
              label={t('items')}
              rules={[{ required: true, type: 'array', min: 1, message: t('itemsRequired') }]}
            >
              <ItemPicker center={center} />
            </Form.Item>
            {withPatient && (
              <>
                <EarlierResults type={identifierType} value={identifier} items={items} />
                <PlatformResults type={identifierType} value={identifier} items={items} />
              </>
            )}
            <RequestFields center={center} items={items} />
          </fieldset>
          {meanwhile.length > 0 && <MeanwhileAlert orders={meanwhile} />}
          {failure && prompts.length === 0 && (
            <Alert type="error" showIcon title={failure} style={{ marginBottom: 10 }} />
          )}
          <Space>
            <Button type="primary" htmlType="submit" loading={busy}>
              {t('place')}
            </Button>
            <Button onClick={clear}>{t('clear')}</Button>
            <span className="hub-quiet">Ctrl+Enter</span>
          </Space>
        </div>
      </Form>
      <RecognitionDialog
        prompts={prompts}
        failure={failure}
        beside={
          <PlatformResults
            type={identifierType}
            value={identifier}
            items={items}
            except={prompts.map((prompt) => prompt.promptId)}
          />
        }
        onDecide={(decisions) => send(decisions)}
        onClose={() => setPrompts([])}
      />
    </div>
  );
}
