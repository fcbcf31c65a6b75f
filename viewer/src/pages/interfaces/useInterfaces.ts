import { useQuery, useQueryClient } from '@tanstack/react-query';
import { App } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { get } from '../../api/client.ts';
import { errorText } from '../../shell/states.tsx';
import { useHubEvents } from '../../shell/useEvents.ts';

export const INTERFACES = ['interfaces'] as const;

const restMs = 30_000;
const soonMs = 1_000;

/**
 * One list of the interfaces, read again when the engine says something, and soon while `passing` says that what is shown
 * is on its way. `path` is below `/api/hl7/`.
 */
export function useInterfaces<T>(path: string, passing: (shown: T) => boolean = () => false) {
  const client = useQueryClient();
  useHubEvents((event) => {
    if (event.type.startsWith('hl7.') || event.type === 'reset')
      void client.invalidateQueries({ queryKey: INTERFACES });
  });
  return useQuery({
    queryKey: [...INTERFACES, path],
    queryFn: ({ signal }) => get<T>(`/api/hl7/${path}`, signal),
    refetchInterval: ({ state: { data } }) => (data !== undefined && passing(data) ? soonMs : restMs),
  });
}

/** Runs an act, says how it went, reads the lists again. */
export function useInterfaceAct() {
  const { t } = useTranslation(['interfaces', 'shell']);
  const { message } = App.useApp();
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const act = async <T>(work: () => Promise<T>, said?: (answer: T) => string): Promise<T | undefined> => {
    setBusy(true);
    try {
      const answer = await work();
      void message.success(said ? said(answer) : t('done'));
      return answer;
    } catch (error) {
      void message.error(errorText(error, t));
      return undefined;
    } finally {
      setBusy(false);
      void client.invalidateQueries({ queryKey: INTERFACES });
    }
  };
  return { act, busy };
}
