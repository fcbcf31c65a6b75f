import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, post } from '../../../api/client.ts';
import { useSession } from '../../../shell/session.tsx';
import { soundOk, soundWrong } from '../../../shell/sound.ts';
import { useHubEvents, useLine } from '../../../shell/useEvents.ts';
import { problemText } from '../problemText.ts';
import { codeOf, scanProblem } from './scanWords.ts';
import { enqueue, fetchTicket, flush, queued, thisDevice } from './offlineQueue.ts';

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
  const { user } = useSession();
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
      const scans = new Map(queued(station).map((scan) => [scan.sequence, scan]));
      const results = await flush(station, user.id);
      for (const result of results) {
        const code = codeOf(scans.get(result.sequence)?.input) || String(result.sequence);
        const by = t('station.by', { name: result.person });
        if (result.outcome === 'conflict')
          say(code, 'wrong', `${t('station.conflict')} ${scanProblem(result.problem, t)} · ${by}`);
        else say(code, 'ok', `${t('station.taken')} · ${by}`);
      }
      if (results.length > 0) await client.invalidateQueries({ queryKey: ['sterilization'] });
      return true;
    } catch {
      return queued(station).length === 0; // whatever the reason: nothing overtakes what waits
    } finally {
      setWaiting(queued(station).length);
    }
  }, [client, say, station, t, user.id]);

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
        enqueue(station, operation, input, { id: user.id, name: user.name });
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
    [client, handOver, say, station, t, user.id, user.name],
  );

  // The proof of who scans is fetched while there is a line, and anew when the line is back.
  useEffect(() => {
    if (online) void fetchTicket(user.id).catch(() => undefined);
  }, [online, user.id]);

  useEffect(() => {
    if (waiting === 0) return;
    if (online) void handOver();
    const timer = setInterval(() => void handOver(), RETRY_MS);
    return () => clearInterval(timer);
  }, [online, waiting, handOver]);

  /** Whose scans wait here, apart from the person at the station now. */
  const others = [
    ...new Set(
      waiting === 0
        ? []
        : queued(station).flatMap(({ person }) => (person && person.id !== user.id ? [person.name] : [])),
    ),
  ];
  return { act, say, lines, waiting, others, busy, online };
}

export type Station = ReturnType<typeof useStation>;
