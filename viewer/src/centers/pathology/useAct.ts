import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { soundOk, soundWrong } from '../../shell/sound.ts';
import { errorText } from '../../shell/states.tsx';

/** Runs an act of a page: busy meanwhile, a sound and a sentence when it is refused, `done` when it stands. */
export function useAct(done: () => void) {
  const { t } = useTranslation(['pathology', 'shell']);
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const act = async (work: () => Promise<unknown>, said?: string): Promise<boolean> => {
    setBusy(true);
    try {
      await work();
      soundOk();
      if (said) void message.success(said);
      done();
      return true;
    } catch (error) {
      soundWrong();
      void message.error(errorText(error, t));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { act, busy };
}
