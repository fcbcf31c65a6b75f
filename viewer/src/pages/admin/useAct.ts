import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { errorText } from '../../shell/states.tsx';

/** Runs an act that has no form of its own: what follows it, or the hub's refusal in words. */
export function useAct(done: () => void): (act: Promise<unknown>) => Promise<void> {
  const { t } = useTranslation('shell');
  const { message } = App.useApp();
  return async (act) => {
    try {
      await act;
      done();
    } catch (error) {
      message.error(errorText(error, t));
    }
  };
}
