import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, post } from '../../../api/client.ts';
import { soundOk, soundWrong } from '../../../shell/sound.ts';
import { useHubEvents, useLine } from '../../../shell/useEvents.ts';
import { problemText } from '../problemText.ts';
import { enqueue, flush, queued, thisDevice } from './offlineQueue.ts';

/** While scans wait, the hub is asked this often whether it is back, whatever the browser believes of its line. */
const RETRY_MS = 4000;

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
export function useStation(name: string) {
  const station = `${name} ${thisDevice()}`;
  const client = useQueryClient();
  const online = useLine();
  useHubEvents(() => undefined); // keeps the line under watch while the station is open
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

  /** Hands over what waits, in order; false when the hub is still out of reach. */
  const handOver = useCallback(async (): Promise<boolean> => {
    if (queued(station).length === 0) return true;
    try {
      const results = await flush(station);
      for (const result of results)
        if (result.outcome === 'conflict')
          say(String(result.sequence), 'wrong', `${t('station.conflict')} ${result.problem}`);
      if (results.length > 0) await client.invalidateQueries({ queryKey: ['sterilization'] });
      return true;
    } catch (error) {
      return !(error instanceof ApiError && error.status === 0);
    } finally {
      setWaiting(queued(station).length);
    }
  }, [client, say, station, t]);

  const act = useCallback(
    async <T>(
      operation: string,
      input: Record<string, unknown>,
      code: string,
      done: string,
      offline = true,
    ): Promise<T | undefined> => {
      setBusy(true);
      const keep = () => {
        enqueue(station, operation, input);
        setWaiting(queued(station).length);
        say(code, 'queued', t('station.queued'));
      };
      try {
        // A new scan never overtakes those that wait.
        if (offline && !(await handOver())) {
          keep();
          return undefined;
        }
        const answer = await post<T>(`/api/sterilization/${operation}`, {
          ...input,
          station,
          deviceAt: new Date().toISOString(),
        });
        say(code, 'ok', done);
        await client.invalidateQueries({ queryKey: ['sterilization'] });
        return answer;
      } catch (error) {
        if (offline && error instanceof ApiError && error.status === 0) keep();
        else say(code, 'wrong', problemText(error, t, false));
        return undefined;
      } finally {
        setBusy(false);
      }
    },
    [client, handOver, say, station, t],
  );

  useEffect(() => {
    if (waiting === 0) return;
    if (online) void handOver();
    const timer = setInterval(() => void handOver(), RETRY_MS);
    return () => clearInterval(timer);
  }, [online, waiting, handOver]);

  return { act, say, lines, waiting, busy, online };
}

export type Station = ReturnType<typeof useStation>;
