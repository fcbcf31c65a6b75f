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

/** Those that last. */
export const standing = (alarms: Alarms | undefined): EngineAlarm[] =>
  (alarms?.open ?? []).filter((one) => one.clearedAt === null);
