import { useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { post } from '../../api/client.ts';
import { soundOk, soundWrong } from '../../shell/sound.ts';
import { problemText } from './problemText.ts';

/**
 * Sends one act of sterile supply, says and sounds how it went, and reads every list of the centre again.
 * Answers undefined when it was refused.
 */
export function useAct() {
  const client = useQueryClient();
  const { message } = App.useApp();
  const { t } = useTranslation(['sterilization', 'shell']);
  const [busy, setBusy] = useState(false);
  const act = useCallback(
    async <T>(name: string, body: unknown, done?: string): Promise<T | undefined> => {
      setBusy(true);
      try {
        const answer = await post<T>(`/api/sterilization/${name}`, body);
        soundOk();
        if (done) message.success(done);
        if (name.startsWith('save-'))
          await client.invalidateQueries({ queryKey: ['sterilization-catalogue'] });
        await client.invalidateQueries({ queryKey: ['sterilization'] });
        return answer;
      } catch (error) {
        soundWrong();
        message.error(problemText(error, t), 6);
        return undefined;
      } finally {
        setBusy(false);
      }
    },
    [client, message, t],
  );
  return { act, busy };
}
