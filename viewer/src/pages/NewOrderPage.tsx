import { Alert, App, Button, Checkbox, Form, Input, Radio, Select, Space, Typography } from 'antd';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate, useSearchParams } from 'react-router';
import { ApiError, post } from '../api/client.ts';
import { centerKinds, type CenterKind } from '../api/types.ts';
import { modules } from '../centers/index.ts';
import { has } from '../shell/access.ts';
import { lazyPane } from '../shell/lazyPane.ts';
import { newKey } from '../shell/newKey.ts';
import { useSession } from '../shell/session.tsx';
import { soundOk, soundWrong } from '../shell/sound.ts';
import { dateTime } from '../shell/format.ts';
import { errorText } from '../shell/states.tsx';
import { useDraft } from '../shell/useDraft.ts';
import { useInstitutions } from '../shell/useInstitutions.ts';
import { useKeys } from '../shell/useKeys.ts';
import { useScanner } from '../shell/useScanner.ts';
import { EarlierResults } from './order/EarlierResults.tsx';
import { PlatformResults } from './order/PlatformResults.tsx';
import { UnansweredPlatforms } from './order/UnansweredPlatforms.tsx';
import type { Unanswered } from './order/useEarlierResults.ts';
import { ItemPicker } from './order/ItemPicker.tsx';
import type { RecognitionDecision } from '../shell/order/recognitionDecision.ts';
import { readCardCode, toRequest, type OrderForm } from './order/orderForm.ts';
import { PatientFields } from './order/PatientFields.tsx';
import { RecognitionDialog, type RecognitionPrompt } from '../shell/order/RecognitionDialog.tsx';

interface Placed {
  requestId: string;
  /** Adopted results, each with the text that the record cites. */
  adopted?: { promptId: string; citation: string }[];
  orders: { id: string; accessionNumber: string; itemName?: string }[];
  unanswered?: Unanswered[];
}

/** The same item, ordered by somebody else at the moment this request was sent. */
interface OrderedMeanwhile {
  id: string;
  accessionNumber: string;
  itemName: string;
  institutionName: string;
  requestedByName: string | null;
  createdAt: string;
}

const flags = ['chest-pain', 'stroke', 'trauma', 'maternal', 'contracted-referral'];
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
  const navigate = useNavigate();
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
  const institutions = useInstitutions();
  const center = Form.useWatch('center', form) ?? 'imaging';
  const consent = Form.useWatch('consent', form);
  const items = Form.useWatch('items', form) ?? [];
  const identifierType = Form.useWatch('identifierType', form) ?? 'id-card';
  const identifier = Form.useWatch('identifier', form) ?? '';
  const module = modules.find(({ kind }) => kind === center);
  const OrderFields = module?.OrderFields && lazyPane(module.OrderFields);

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
      const answer = await post<Placed & { id?: string; accessionNumber?: string }>(
        '/api/orders',
        toRequest(values, decisions, new Date(), module?.orderExtra?.(values.extra ?? {})),
        { 'idempotency-key': key.current },
      );
      key.current = newKey();
      const orders =
        answer.orders ??
        (answer.id ? [{ id: answer.id, accessionNumber: answer.accessionNumber ?? '' }] : []);
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
  useKeys({
    'ctrl+enter': { label: t('place'), inText: true, run: () => void send([]).catch(() => undefined) },
    'alt+r': { label: t('clear'), inText: true, run: () => form.resetFields() },
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
      {placed && (
        <Alert
          type="success"
          showIcon
          closable={{ onClose: () => setPlaced(null) }}
          title={
            placed.orders.length > 0
              ? t('placedNumbers', { numbers: placed.orders.map((o) => o.accessionNumber).join('、') })
              : t('allAdopted')
          }
          description={(placed.adopted ?? []).map((each) => (
            <Typography.Paragraph key={each.promptId} copyable style={{ margin: 0 }}>
              {each.citation}
            </Typography.Paragraph>
          ))}
          action={
            <Space>
              {placed.orders.map((order) => (
                <Button key={order.id} size="small" onClick={() => void navigate(`/orders/${order.id}`)}>
                  {t('show', { number: order.accessionNumber })}
                </Button>
              ))}
            </Space>
          }
        />
      )}
      {placed && <UnansweredPlatforms platforms={placed.unanswered ?? []} />}
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
          {withPatient && (
            <fieldset className="hub-fieldset">
              <legend>{t('consent')}</legend>
              <Form.Item
                name="consent"
                label={t('consentState')}
                rules={[{ required: true, message: t('consentRequired') }]}
              >
                <Radio.Group
                  options={[
                    { value: true, label: t('consentGiven') },
                    { value: false, label: t('consentEmergency') },
                  ]}
                />
              </Form.Item>
              {consent === true && (
                <Form.Item name="consentBy" label={t('consentBy')}>
                  <Input placeholder={t('consentByHint')} maxLength={60} autoComplete="off" />
                </Form.Item>
              )}
              {consent === false && (
                <Form.Item
                  name="emergencyReason"
                  label={t('emergencyReason')}
                  rules={[{ required: true, whitespace: true, message: t('emergencyReasonRequired') }]}
                >
                  <Input maxLength={200} />
                </Form.Item>
              )}
            </fieldset>
          )}
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
            <Form.Item name="priority" label={t('shell:column.priority')}>
              <Radio.Group
                optionType="button"
                options={(['routine', 'urgent', 'emergency'] as const).map((value) => ({
                  value,
                  label: t(`shell:priority.${value}`),
                }))}
              />
            </Form.Item>
            {OrderFields && (
              <Suspense fallback={null}>
                <OrderFields items={items} />
              </Suspense>
            )}
            {withPatient && (
              <Form.Item name="flags" label={t('flags')}>
                <Checkbox.Group
                  options={flags.map((value) => ({ value, label: t(`shell:flag.${value}`) }))}
                />
              </Form.Item>
            )}
            <Form.Item name="clinicalInfo" label={t('clinicalInfo')}>
              <Input.TextArea rows={3} maxLength={4000} placeholder={t('clinicalInfoHint')} />
            </Form.Item>
            <Form.Item name="placerOrderNumber" label={t('placerOrderNumber')}>
              <Input maxLength={64} autoComplete="off" style={{ width: 200 }} />
            </Form.Item>
            <Form.Item name="performingInstitution" label={t('performing')}>
              <Select
                allowClear
                showSearch={{ optionFilterProp: 'label' }}
                placeholder={session.institution.name}
                options={(institutions.data ?? [])
                  .filter((i) => i.kind !== 'village')
                  .map((i) => ({ value: i.code, label: i.name }))}
              />
            </Form.Item>
          </fieldset>
          {meanwhile.length > 0 && (
            <Alert
              type="warning"
              showIcon
              style={{ marginBottom: 10 }}
              title={t('meanwhile.title')}
              description={
                <>
                  {meanwhile.map((order) => (
                    <div key={order.id}>
                      {t('meanwhile.order', { ...order, at: dateTime(order.createdAt) })}
                    </div>
                  ))}
                  <p>{t('meanwhile.do')}</p>
                </>
              }
            />
          )}
          {failure && prompts.length === 0 && (
            <Alert type="error" showIcon title={failure} style={{ marginBottom: 10 }} />
          )}
          <Space>
            <Button type="primary" htmlType="submit" loading={busy}>
              {t('place')}
            </Button>
            <Button
              onClick={() => {
                form.resetFields();
                form.setFieldsValue({ center, ...startOf(center) });
                draft.drop();
              }}
            >
              {t('clear')}
            </Button>
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
