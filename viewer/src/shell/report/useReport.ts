import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError, getTagged, putTagged } from '../../api/client.ts';
import { useDraft } from '../useDraft.ts';

/** The report as the hub answers it; centres add their own fields to `content`. */
export interface Report {
  orderId: string;
  version: number;
  state: 'draft' | 'preliminary' | 'rejected' | 'final' | 'void';
  findings?: string;
  impression?: string;
  positive?: boolean | null;
  critical?: boolean | null;
  author?: string | null;
  submittedBy?: string | null;
  submittedById?: string | null;
  rejectReason?: string | null;
  updatedAt?: string | null;
  updatedBy?: string | null;
  /** As the writer submitted it, when somebody has edited it since. */
  submittedContent?: ReportContent | null;
  twoPerson?: boolean;
  phoneSigning?: boolean;
  [more: string]: unknown;
}

export type ReportContent = Record<string, unknown>;
const notContent = new Set([
  'orderId',
  'version',
  'state',
  'author',
  'submittedBy',
  'submittedById',
  'submittedAt',
  'submittedContent',
  'rejectReason',
  'updatedAt',
  'updatedBy',
  'twoPerson',
  'phoneSigning',
]);

/** The fields of the writer, without what the hub adds. */
export function contentOf(report: Report): ReportContent {
  if (report.content && typeof report.content === 'object') return report.content as ReportContent;
  return Object.fromEntries(Object.entries(report).filter(([key]) => !notContent.has(key)));
}

export interface Conflict {
  /** Who saved in between. */
  editor: string | null;
  etag: string;
  theirs: Report;
}

type Saving = 'idle' | 'waiting' | 'saving' | 'failed';

const delayMs = 1200;

/**
 * The draft of one order: autosave with If-Match, kept on this machine until the hub has it, a conflict named and left
 * to the writer. When the order moved on (`status`) and nothing is unsaved, the report is read again.
 */
export function useReport(orderId: string, status?: string) {
  const draft = useDraft<{ content: ReportContent; baseVersion: number }>(`report.${orderId}`);
  const [report, setReport] = useState<Report | null>(null);
  const [content, setContent] = useState<ReportContent>({});
  const [error, setError] = useState<unknown>(null);
  const [saving, setSaving] = useState<Saving>('idle');
  const [savedAt, setSavedAt] = useState<string | null>(null);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const [found, setFound] = useState<{ at: number; content: ReportContent } | null>(null);
  const etag = useRef('');
  const latest = useRef<ReportContent>({});
  const dirty = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const running = useRef<Promise<void> | null>(null);
  const blocked = useRef(false);

  const take = useCallback((next: Report, tag: string | null) => {
    etag.current = tag ?? `"${next.version}"`;
    const fields = contentOf(next);
    latest.current = fields;
    dirty.current = false;
    setReport(next);
    setContent(fields);
    setSavedAt(next.updatedAt ?? null);
    setSaving('idle');
  }, []);

  const load = useCallback(async () => {
    setError(null);
    try {
      const { data, etag: tag } = await getTagged<Report>(`/api/orders/${orderId}/report`);
      if (dirty.current) return; // what was typed meanwhile stays; saving it finds out whether somebody else saved
      take(data, tag);
      const kept = draft.read();
      const open = data.state === 'draft' || data.state === 'rejected' || data.state === 'preliminary';
      if (kept && open && JSON.stringify(kept.value.content) !== JSON.stringify(contentOf(data))) {
        setFound({ at: kept.at, content: kept.value.content });
      }
    } catch (failure) {
      setError(failure);
    }
  }, [orderId, draft.read, take]);

  useEffect(() => {
    void load();
    return () => clearTimeout(timer.current);
  }, [load]);

  const moved = useRef(status);
  useEffect(() => {
    if (moved.current === status) return;
    moved.current = status;
    if (!dirty.current && !running.current) void load();
  }, [status, load]);

  const saveNow = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current);
    if (running.current) await running.current.catch(() => undefined);
    if (!dirty.current || blocked.current) return;
    const sent = latest.current;
    setSaving('saving');
    const work = putTagged<Report>(`/api/orders/${orderId}/report`, sent, etag.current).then(
      ({ data, etag: tag }) => {
        etag.current = tag ?? `"${data?.version ?? 0}"`;
        if (latest.current === sent) {
          dirty.current = false;
          draft.drop();
        }
        setReport((before) => (data && typeof data === 'object' ? { ...before, ...data } : before));
        setSavedAt(new Date().toISOString());
        setSaving(dirty.current ? 'waiting' : 'idle');
      },
      async (failure: unknown) => {
        setSaving('failed');
        if (failure instanceof ApiError && failure.status === 412) {
          // Where the other's text cannot be read now, the next try to save finds the conflict again.
          const now = await getTagged<Report>(`/api/orders/${orderId}/report`);
          blocked.current = true;
          const editor = failure.problem.editor ?? now.data.updatedBy;
          setConflict({
            editor: typeof editor === 'string' ? editor : null,
            etag: now.etag ?? '',
            theirs: now.data,
          });
        }
        throw failure;
      },
    );
    running.current = work;
    try {
      await work;
    } finally {
      running.current = null;
    }
  }, [orderId, draft.drop]);

  const schedule = useCallback(() => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      saveNow().then(
        () => {
          if (dirty.current) schedule();
        },
        (failure: unknown) => {
          // No line: the draft stays on this machine and the next try comes by itself.
          if (failure instanceof ApiError && (failure.status === 0 || failure.status >= 500)) {
            timer.current = setTimeout(schedule, 4000);
          }
        },
      );
    }, delayMs);
  }, [saveNow]);

  const change = useCallback(
    (part: ReportContent) => {
      latest.current = { ...latest.current, ...part };
      dirty.current = true;
      setContent(latest.current);
      setSaving('waiting');
      draft.keep({ content: latest.current, baseVersion: 0 });
      schedule();
    },
    [schedule, draft.keep],
  );

  const resolveConflict = useCallback(
    (keep: 'mine' | 'theirs') => {
      if (!conflict) return;
      blocked.current = false;
      setConflict(null);
      if (keep === 'theirs') {
        draft.drop();
        take(conflict.theirs, conflict.etag);
        return;
      }
      etag.current = conflict.etag;
      schedule();
    },
    [conflict, schedule, take, draft.drop],
  );

  const resolveFound = useCallback(
    (use: boolean) => {
      if (found && use) change(found.content);
      else draft.drop();
      setFound(null);
    },
    [found, change, draft.drop],
  );

  return {
    report,
    content,
    change,
    saveNow,
    saving,
    savedAt,
    error,
    load,
    conflict,
    resolveConflict,
    found,
    resolveFound,
  };
}

export type ReportState = ReturnType<typeof useReport>;
