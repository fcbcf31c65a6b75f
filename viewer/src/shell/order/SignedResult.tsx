import { Alert, App, Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { has } from '../access.ts';
import { dateTime } from '../format.ts';
import { ShareButtons } from '../share/ShareButtons.tsx';
import { SignedVersions, useSignedReports } from '../report/SignedVersions.tsx';
import { useSession } from '../session.tsx';
import { ReturnedNotice } from './ReturnedNotice.tsx';
import { Empty, errorText, Failed, Loading } from '../states.tsx';
import { useKeys } from '../useKeys.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

interface Addendum {
  at: string;
  by: string;
  text: string;
}

/** The result as the site reads it, and its acknowledgement. */
export function SignedResult({ order, reload }: { order: Order; reload: () => void }) {
  const { t } = useTranslation('shell');
  const session = useSession();
  const { message } = App.useApp();
  const reports = useSignedReports(order);
  const [informing, setInforming] = useState(false);
  const mine = session.institution.id === order.requestingInstitutionId;
  const may = mine && has(session, 'clinician', 'village-doctor');
  const acknowledge = async () => {
    try {
      await post(`/api/orders/${order.id}/acknowledge`);
      message.success(t('report.done.acknowledge'));
      reload();
      void reports.refetch();
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  const waiting = may && ['final', 'corrected'].includes(order.status);
  useKeys(waiting ? { 'ctrl+enter': { label: t('action.acknowledge'), run: () => void acknowledge() } } : {});

  if (reports.isPending) return <Loading rows={6} />;
  if (reports.isError) return <Failed error={reports.error} retry={() => void reports.refetch()} />;
  const last = reports.data.findLast((each) => each.kind !== 'partial') ?? reports.data.at(-1);
  if (!last)
    return order.returned ? (
      <section className="hub-report">
        <ReturnedNotice order={order} />
      </section>
    ) : (
      <Empty text={t('result.none')} />
    );
  const content = last.content ?? {};
  const addenda = Array.isArray(content.addenda) ? (content.addenda as Addendum[]) : [];
  return (
    <section className="hub-report" aria-label={t('report.label', { context: order.center })}>
      <header className="hub-report-head">
        <strong>{t('report.label', { context: order.center })}</strong>
        <span
          className={last.state === 'valid' && last.kind !== 'void' ? 'hub-tone-done' : 'hub-tone-breach'}
        >
          {t(last.kind === 'void' ? 'report.validity.void' : `report.validity.${last.state}`)}
        </span>
        <span className="hub-grow" />
        {last.recognition?.label && <b>{last.recognition.label}</b>}
      </header>
      <ReturnedNotice order={order} />
      {content.critical === true && <Alert type="error" showIcon title={t('critical.title')} />}
      {last.kind === 'void' && (
        <Alert type="error" showIcon title={t('result.voided', { reason: last.reason ?? '' })} />
      )}
      {last.kind === 'correction' && (
        <Alert type="warning" showIcon title={t('result.corrected', { reason: last.reason ?? '' })} />
      )}
      <label>{t('report.findings', { context: order.center })}</label>
      <p className="hub-prewrap hub-result-text">{text(content.findings) || '—'}</p>
      <label>{t('report.impression', { context: order.center })}</label>
      <p className="hub-prewrap hub-result-text">
        <b>{text(content.impression) || '—'}</b>
      </p>
      {text(content.recommendation) && (
        <p className="hub-prewrap">
          {t('report.recommendation')}：{text(content.recommendation)}
        </p>
      )}
      {addenda.map((each) => (
        <p key={each.at} className="hub-prewrap">
          <b>{t('report.kind.addendum')}</b>{' '}
          <span className="hub-quiet">{`${each.by} ${dateTime(each.at)}`}</span>
          <br />
          {each.text}
        </p>
      ))}
      <footer className="hub-report-foot">
        <Button href={`/api/orders/${order.id}/report.pdf`} target="_blank">
          {t('result.pdf')}
        </Button>
        {waiting && (
          <Button type="primary" onClick={() => void acknowledge()}>
            {t('action.acknowledge')}
          </Button>
        )}
        {may && ['final', 'corrected', 'acknowledged'].includes(order.status) && (
          <Button onClick={() => setInforming(true)}>{t('result.inform')}</Button>
        )}
        <ShareButtons order={order} />
      </footer>
      <SignedVersions order={order} />
      <InformDialog order={order} open={informing} onClose={() => setInforming(false)} onDone={reload} />
    </section>
  );
}

function InformDialog({
  order,
  open,
  onClose,
  onDone,
}: {
  order: Order;
  open: boolean;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation('shell');
  const session = useSession();
  const { message } = App.useApp();
  const [form] = Form.useForm<{ who: string; how: string }>();
  const run = async () => {
    const values = await form.validateFields();
    try {
      await post(`/api/orders/${order.id}/acknowledge`, {
        patientInformed: { ...values, at: new Date().toISOString() },
      });
      onDone();
      onClose();
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
  return (
    <Modal
      open={open}
      title={t('result.inform')}
      okText={t('action.confirm')}
      onOk={() => void run().catch(() => undefined)}
      onCancel={onClose}
      destroyOnHidden
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        initialValues={{ who: session.user.name, how: 'in-person' }}
        requiredMark={false}
      >
        <Form.Item
          name="who"
          label={t('result.informedBy')}
          rules={[{ required: true, message: t('result.informedByRequired') }]}
        >
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="how" label={t('result.how')}>
          <Select
            options={['in-person', 'phone', 'message', 'family'].map((value) => ({
              value,
              label: t(`result.hows.${value}`),
            }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
