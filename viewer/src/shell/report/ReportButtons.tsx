import { App, Button, Dropdown } from 'antd';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { Order } from '../../api/types.ts';
import { has } from '../access.ts';
import { DangerDialog } from '../DangerDialog.tsx';
import { CriticalDialog } from '../critical/CriticalDialog.tsx';
import { useSession } from '../session.tsx';
import { SignDialog } from '../SignDialog.tsx';
import { useKeys } from '../useKeys.ts';
import { nextCase } from '../worklist/useWorklist.ts';
import type { ReportWarning } from './checkReport.ts';
import { AmendDialog, type AmendFields } from './AmendDialog.tsx';
import { reasonsFor } from './reasons.ts';
import type { ReportActions } from './useReportActions.ts';
import type { ReportState } from './useReport.ts';

type Dialog = null | 'sign' | 'reject' | 'return' | 'addendum' | 'correct' | 'void' | 'critical';

interface Props {
  order: Order;
  state: ReportState;
  actions: ReportActions;
  warnings: ReportWarning[];
  blockSign: string | null;
  blockSubmit: boolean;
  fields: AmendFields;
  names: { findings: string; impression: string } | undefined;
  blockAmend: string | null;
  /** What to know before acting: stays in sight with the buttons. */
  children?: ReactNode;
}

/** The acts that this state of the case allows to this person. The hub decides again. */
export function ReportButtons({
  order,
  state,
  actions,
  warnings,
  blockSign,
  blockSubmit,
  blockAmend,
  fields,
  names,
  children,
}: Props) {
  const { t } = useTranslation('shell');
  const session = useSession();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const [dialog, setDialog] = useState<Dialog>(null);
  /** An act that the hub has not answered yet. */
  const [acting, setActing] = useState<'claim' | 'submit' | null>(null);
  const reader = session.centers.includes(order.center);
  const verifier = has(session, 'verifier', 'center-head');
  const status = order.status;
  const mine = !order.claimedById || order.claimedById === session.user.id;
  const writing = (status === 'claimed' || status === 'partial') && mine;
  const twoPerson = state.report?.twoPerson !== false;
  const verifying = status === 'preliminary' && verifier && state.report?.submittedById !== session.user.id;
  const signing = twoPerson ? verifying : writing || verifying;
  const done = ['final', 'acknowledged', 'corrected'].includes(status);

  const openNext = async () => {
    const next = await nextCase(order.center, order.id, session.user.name).catch(() => null);
    if (next) void navigate(`/orders/${next.orderId}`);
    else {
      message.info(t('worklist.noNext'));
      void navigate(`/${order.center}`);
    }
  };
  const trySign = () => {
    if (blockSign) message.warning(blockSign);
    else setDialog('sign');
  };
  /** What the report stands on is not there yet: the reason stands beside the button, and the keys tell it. */
  const waits = blockSubmit && blockSign !== null;
  const run = async (act: 'claim' | 'submit') => {
    if (acting) return;
    setActing(act);
    await actions[act]().finally(() => setActing(null));
  };
  const trySubmit = () => {
    if (blockSubmit && blockSign) message.warning(blockSign);
    else void run('submit');
  };
  const openAct = (key: string) => {
    if (blockAmend && (key === 'addendum' || key === 'correct')) message.warning(blockAmend);
    else if (key === 'release') void actions.release();
    else setDialog(key as Dialog);
  };
  useKeys({
    ...(reader && status === 'received'
      ? { 'ctrl+enter': { label: t('action.claim'), inText: true, run: () => void run('claim') } }
      : {}),
    ...(reader && writing
      ? { 'ctrl+enter': { label: t('action.submit'), inText: true, run: trySubmit } }
      : {}),
    ...(reader && signing
      ? { 'ctrl+shift+enter': { label: t('action.sign'), inText: true, run: trySign } }
      : {}),
    'alt+n': { label: t('keys.next'), inText: true, run: () => void openNext() },
  });
  if (!reader) return null;

  const more = [
    ...(['received', 'claimed', 'preliminary', 'partial'].includes(status)
      ? [{ key: 'return', label: t('action.return') }]
      : []),
    ...(status === 'claimed' ? [{ key: 'release', label: t('action.release') }] : []),
    ...(done && (verifier || !twoPerson)
      ? [
          { key: 'addendum', label: t('action.addendum') },
          { key: 'correct', label: t('action.correct') },
        ]
      : []),
    ...(done && has(session, 'center-head', 'verifier')
      ? [{ key: 'void', label: t('action.void'), danger: true }]
      : []),
  ];
  return (
    <footer className="hub-report-foot">
      {children}
      {status === 'received' && (
        <Button type="primary" loading={acting === 'claim'} onClick={() => void run('claim')}>
          {t('action.claim')}
        </Button>
      )}
      {writing && (
        <Button
          type={twoPerson ? 'primary' : 'default'}
          disabled={waits}
          loading={acting === 'submit'}
          title={(waits && blockSign) || ''}
          onClick={trySubmit}
        >
          {t('action.submit')}
        </Button>
      )}
      {verifying && <Button onClick={() => setDialog('reject')}>{t('action.reject')}</Button>}
      {signing && (
        <Button type="primary" disabled={waits} title={(waits && blockSign) || ''} onClick={trySign}>
          {t('action.sign')}
        </Button>
      )}
      <Button danger onClick={() => setDialog('critical')}>
        {t('action.critical')}
      </Button>
      {more.length > 0 && (
        <Dropdown
          trigger={['click']}
          menu={{
            items: more,
            onClick: ({ key }) => openAct(key),
          }}
        >
          <Button>{t('action.more')}</Button>
        </Dropdown>
      )}
      <span className="hub-grow" />
      <Button onClick={() => void openNext()}>{t('action.next')}</Button>

      <SignDialog
        open={dialog === 'sign'}
        order={order}
        conclusion={typeof state.content.impression === 'string' ? state.content.impression : ''}
        critical={state.content.critical === true}
        recognitionLabel={typeof order.recognitionLabel === 'string' ? order.recognitionLabel : null}
        warnings={warnings}
        onSign={actions.sign}
        onClose={() => setDialog(null)}
      />
      <CriticalDialog open={dialog === 'critical'} order={order} onClose={() => setDialog(null)} />
      <DangerDialog
        open={dialog === 'reject'}
        title={t('action.reject')}
        consequence={t('danger.reject', {
          who: state.report?.submittedBy ?? state.report?.author ?? t('report.writer'),
        })}
        reasons={reasonsFor('reject', t)}
        okText={t('action.reject')}
        onOk={({ code, note }) =>
          actions.reject(note ? `${t(`reasons.reject.${code}`)}：${note}` : t(`reasons.reject.${code}`))
        }
        onClose={() => setDialog(null)}
      />
      <DangerDialog
        open={dialog === 'return'}
        title={t('action.return')}
        consequence={t('danger.return', {
          who: order.institutionName,
          number: order.accessionNumber,
        })}
        reasons={reasonsFor('return', t)}
        okText={t('action.return')}
        onOk={({ code, note }) => actions.returnOrder(code, note)}
        onClose={() => setDialog(null)}
      />
      {(['addendum', 'correct', 'void'] as const).map((kind) => (
        <AmendDialog
          key={kind}
          kind={kind}
          open={dialog === kind}
          order={order}
          content={state.content}
          fields={kind === 'correct' ? fields : undefined}
          names={names}
          onSign={(amendment) => actions.amend(kind, amendment)}
          onClose={() => setDialog(null)}
        />
      ))}
    </footer>
  );
}
