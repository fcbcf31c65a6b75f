import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { problemText } from './problemText.ts';
import { soundOk, soundWrong } from '../../shell/sound.ts';
import { useHubEvents } from '../../shell/useEvents.ts';

/** One list of the laboratory, read again when an event of the centre comes. `path` is below `/api/`. */
export function useLab<T>(path: string, enabled = true) {
  const client = useQueryClient();
  useHubEvents((event) => {
    if (
      event.type.startsWith('order') ||
      event.type.startsWith('lab') ||
      event.type.startsWith('critical') ||
      event.type === 'reset'
    )
      void client.invalidateQueries({ queryKey: ['lab'] });
  });
  return useQuery({
    queryKey: ['lab', path],
    queryFn: ({ signal }) => get<T>(`/api/${path}`, signal),
    enabled,
    refetchInterval: 60_000,
  });
}

/** Runs an act: busy meanwhile, a sound and a sentence when it is refused; then the lists are read again. */
export function useAct() {
  const { t } = useTranslation(['lab', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const act = async <T>(work: () => Promise<T>, said?: (answer: T) => string): Promise<T | undefined> => {
    setBusy(true);
    try {
      const answer = await work();
      soundOk();
      if (said) void message.success(said(answer));
      return answer;
    } catch (error) {
      soundWrong();
      void message.error(problemText(error, t));
      return undefined;
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: ['lab'] });
    }
  };
  return { act, busy };
}
