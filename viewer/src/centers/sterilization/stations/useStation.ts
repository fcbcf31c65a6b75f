import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, post } from '../../../api/client.ts';
import { soundOk, soundWrong } from '../../../shell/sound.ts';
import { useLine } from '../../../shell/useEvents.ts';
import { problemText } from '../problemText.ts';
import { enqueue, flush, queued } from './offlineQueue.ts';

export interface ScanLine {
  key: number;
  at: string;
  code: string;
  outcome: 'ok' | 'wrong' | 'queued';
  text: string;
}

/**
 * A scan station: sends acts, sounds right or wrong, keeps the last scans in sight, and queues what the lost line cannot
 * take. When the line is back the queue is handed over in order.
 */
export function useStation(station: string) {
  const client = useQueryClient();
  const online = useLine();
  const { t } = useTranslation(['sterilization', 'shell']);
  const [lines, setLines] = useState<ScanLine[]>([]);
  const [waiting, setWaiting] = useState(() => queued(station).length);
  const [busy, setBusy] = useState(false);

  const say = useCallback((code: string, outcome: ScanLine['outcome'], text: string) => {
    if (outcome === 'wrong') soundWrong();
    else soundOk();
    setLines((before) =>
      [
        { key: Date.now() + Math.random(), at: new Date().toISOString(), code, outcome, text },
        ...before,
      ].slice(0, 50),
    );
  }, []);

  const act = useCallback(
    async <T>(
      operation: string,
      input: Record<string, unknown>,
      code: string,
      done: string,
      offline = true,
    ): Promise<T | undefined> => {
      setBusy(true);
      try {
        const answer = await post<T>(`/api/sterilization/${operation}`, {
          ...input,
          station,
          deviceAt: new Date().toISOString(),
        });
        say(code, 'ok', done);
        await client.invalidateQueries({ queryKey: ['sterilization'] });
        return answer;
      } catch (error) {
        if (offline && error instanceof ApiError && error.status === 0) {
          enqueue(station, operation, input);
          setWaiting(queued(station).length);
          say(code, 'queued', t('station.queued'));
        } else say(code, 'wrong', problemText(error, t, false));
        return undefined;
      } finally {
        setBusy(false);
      }
    },
    [client, say, station, t],
  );

  useEffect(() => {
    if (!online || queued(station).length === 0) return;
    void flush(station)
      .then((results) => {
        for (const result of results)
          if (result.outcome === 'conflict')
            say(String(result.sequence), 'wrong', `${t('station.conflict')} ${result.problem}`);
        if (results.length > 0) void client.invalidateQueries({ queryKey: ['sterilization'] });
      })
      .catch(() => undefined)
      .finally(() => setWaiting(queued(station).length));
  }, [online, station, client, say, t]);

  return { act, say, lines, waiting, busy, online };
}

export type Station = ReturnType<typeof useStation>;
