import { useCallback, useRef, useState } from 'react';
import type { ApiError } from '../../api/client.ts';
import { centerOfFile } from '../../centers/centerOfFile.ts';
import type { CenterModule } from '../../centers/contract.ts';
import { collectFiles, readable, type Candidate } from './collectFiles.ts';
import { storeFile, type Outcome, type StoreAnswer } from './storeFile.ts';

export interface Upload {
  key: number;
  path: string;
  size: number;
  sent: number;
  state: 'waiting' | 'sending' | Outcome;
  reason?: string;
  refusal?: ApiError;
  studyUid?: string;
  /** What this page knows of it that the hub does not: an archive it could not open, a file it could not read. */
  fault?: 'shut' | 'gone';
  /** The centre whose file it is: not sent here. */
  elsewhere?: CenterModule['kind'];
}

const parallel = 3;
const pauseMs = 3000;

/** Ends early where everything is stopped. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/**
 * Sends files by STOW-RS, three at a time. A lost line pauses the whole queue and goes on where it stopped; the hub
 * takes a file that is sent twice as the same one.
 */
export function useUpload(orderId?: string) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const [preparing, setPreparing] = useState(false);
  const [lineLost, setLineLost] = useState(false);
  const sources = useRef(new Map<number, Candidate>());
  const queue = useRef<number[]>([]);
  const running = useRef(0);
  const nextKey = useRef(1);
  const stop = useRef(new AbortController());

  const update = useCallback((key: number, part: Partial<Upload>) => {
    setUploads((all) => all.map((each) => (each.key === key ? { ...each, ...part } : each)));
  }, []);

  const send = useCallback(
    async (key: number): Promise<void> => {
      const source = sources.current.get(key);
      if (!source) return;
      const gone = () => {
        sources.current.delete(key);
        update(key, { state: 'refused', sent: source.size, fault: 'gone' });
      };
      const file = await source.read();
      if (!(await readable(file))) return gone();
      const elsewhere = await centerOfFile(file, source.path, 'imaging');
      if (elsewhere) {
        sources.current.delete(key);
        update(key, { state: 'refused', sent: source.size, elsewhere });
        return;
      }
      for (;;) {
        update(key, { state: 'sending', sent: 0 });
        let shown = 0;
        const answer: StoreAnswer = await storeFile(
          file,
          (sent) => {
            if (sent - shown > source.size / 20) {
              shown = sent;
              update(key, { sent });
            }
          },
          stop.current.signal,
          orderId,
        );
        if (answer.outcome !== 'line') {
          setLineLost(false);
          sources.current.delete(key);
          update(key, {
            state: answer.outcome,
            sent: source.size,
            ...(answer.reason ? { reason: answer.reason } : {}),
            ...(source.shut && answer.outcome === 'refused' ? { fault: 'shut' as const } : {}),
            ...(answer.refusal ? { refusal: answer.refusal } : {}),
            ...(answer.studyUid ? { studyUid: answer.studyUid } : {}),
          });
          return;
        }
        if (stop.current.signal.aborted) {
          update(key, { state: 'line', sent: 0 });
          return;
        }
        if (!(await readable(file))) return gone();
        setLineLost(true);
        update(key, { state: 'waiting', sent: 0 });
        await pause(pauseMs, stop.current.signal);
      }
    },
    [update, orderId],
  );

  const pump = useCallback(() => {
    while (running.current < parallel) {
      const key = queue.current.shift();
      if (key === undefined) return;
      running.current += 1;
      void send(key).finally(() => {
        running.current -= 1;
        pump();
      });
    }
  }, [send]);

  const add = useCallback(
    async (files: readonly File[], paths: readonly string[] = []) => {
      setPreparing(true);
      // What is on the way goes on under the signal that can stop it.
      if (stop.current.signal.aborted) stop.current = new AbortController();
      try {
        const found = await collectFiles(files, paths);
        const fresh = found.map((candidate): Upload => {
          const key = nextKey.current;
          nextKey.current += 1;
          sources.current.set(key, candidate);
          queue.current.push(key);
          return { key, path: candidate.path, size: candidate.size, sent: 0, state: 'waiting' };
        });
        setUploads((all) => [...all, ...fresh]);
        pump();
      } finally {
        setPreparing(false);
      }
    },
    [pump],
  );

  /** Stops; what was not sent can be sent again. */
  const halt = useCallback(() => {
    stop.current.abort();
    setLineLost(false);
    for (const key of queue.current.splice(0)) update(key, { state: 'line' });
  }, [update]);

  const again = useCallback(() => {
    stop.current = new AbortController();
    for (const { key, state } of uploads) {
      if (state !== 'line' || !sources.current.has(key)) continue;
      queue.current.push(key);
      update(key, { state: 'waiting' });
    }
    pump();
  }, [uploads, update, pump]);

  const clear = useCallback(() => {
    setUploads((all) => all.filter((each) => each.state === 'waiting' || each.state === 'sending'));
  }, []);

  return { uploads, preparing, lineLost, add, halt, again, clear };
}
