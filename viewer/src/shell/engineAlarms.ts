/** One alarm of the interfaces, as `/api/hl7/alarms` gives it. */
export interface EngineAlarm {
  id: number;
  kind: 'silent' | 'queue' | 'stuck' | 'unknown';
  /** silent: the sender; queue and stuck: direction and name or state; unknown: sender and address. */
  subject: string;
  detail: {
    lastSeenAt?: string;
    waiting?: number;
    oldest?: string;
    n?: number;
    attempts?: number;
  };
  since: string;
  clearedAt: string | null;
}
export interface Alarms {
  open: EngineAlarm[];
}

/** What the alarm is about, in words: queues and stuck messages are named by direction and sender or state. */
export function subjectOf(kind: string, subject: string, t: (key: string) => string): string {
  if (kind !== 'queue' && kind !== 'stuck') return subject;
  const [direction = '', ...rest] = subject.split(' ');
  const what = rest.join(' ');
  return `${t(`message.${direction}`)} ${kind === 'stuck' ? t(`message.${what}`) : what}`;
}

/** Those that last. */
export const standing = (alarms: Alarms | undefined): EngineAlarm[] =>
  (alarms?.open ?? []).filter((one) => one.clearedAt === null);
