import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import type { Order } from '../../api/types.ts';
import { errorText } from '../states.tsx';
import type { ReportState } from './useReport.ts';

export interface Amendment {
  reason: string;
  pin: string;
  text?: string;
  content?: Record<string, unknown>;
}

/** How good the inputs stood on the signer's screens, as his signature's record keeps it. */
export interface ShownInputs {
  quality: string;
  series: { uid: string; images: number; full: number; volume?: boolean }[];
}

/** Pages for phones are `/<centre>/phone/…`: the centre decides whether its reports are signed there. */
export const onPhonePage = (): boolean => /^\/[a-z]+\/phone\//.test(location.pathname);

/** Submit, reject, sign, amend: what can be typed is saved first. */
export function useReportActions(
  order: Order,
  state: ReportState,
  reload: () => void,
  shownInputs?: () => ShownInputs,
) {
  const { t } = useTranslation('shell');
  const { message } = App.useApp();
  const path = `/api/orders/${order.id}`;
  const again = async () => {
    await state.load();
    reload();
  };
  /** What this page tells of itself with a signature. */
  const told = () => ({
    ...(onPhonePage() && { from: 'phone' }),
    ...(shownInputs && { shown: shownInputs() }),
  });
  const act = async (name: string, run: () => Promise<unknown>): Promise<boolean> => {
    try {
      await run();
      message.success(t(`report.done.${name}`));
      await again();
      return true;
    } catch (error) {
      message.error(errorText(error, t));
      return false;
    }
  };
  return {
    claim: () => act('claim', () => post(`${path}/claim`)),
    release: () => act('release', () => post(`${path}/release`)),
    submit: () =>
      act('submit', async () => {
        await state.saveNow();
        await post(`${path}/report/submit`);
      }),
    /** Throws what the hub answers: the dialog shows it beside the PIN. */
    sign: async (pin: string) => {
      await state.saveNow();
      await post(`${path}/report/sign`, { pin, ...told() });
      message.success(t('report.done.sign'));
      await again();
    },
    reject: async (reason: string) => {
      await post(`${path}/report/reject`, { reason });
      message.success(t('report.done.reject'));
      await again();
    },
    returnOrder: async (code: string, note: string) => {
      await post(`${path}/return`, { reason: code, note });
      message.success(t('report.done.return'));
      await again();
    },
    /** Addendum, correction or void: a new signed version at once. Throws what the hub answers. */
    amend: async (kind: 'addendum' | 'correct' | 'void', body: Amendment) => {
      await post(`${path}/report/${kind}`, { ...body, ...told() });
      message.success(t('report.done.sign'));
      await again();
    },
  };
}
export type ReportActions = ReturnType<typeof useReportActions>;
