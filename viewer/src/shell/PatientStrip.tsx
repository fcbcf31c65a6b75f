import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Order } from '../api/types.ts';
import { age, dateTime, dueState, maskId, remaining } from './format.ts';
import { StatusWord } from './StatusWord.tsx';
import { UnmaskButton } from './UnmaskButton.tsx';
import { useNow } from './useNow.ts';

const closed = new Set(['final', 'acknowledged', 'corrected', 'cancelled', 'void']);

/** How much of the time is left, with words beside it: never colour alone. */
export function DueRing({
  dueAt,
  startAt,
  warnAt,
}: {
  dueAt: string;
  startAt?: string | null;
  warnAt?: string | null;
}) {
  const { t } = useTranslation('shell');
  const now = useNow();
  const due = Date.parse(dueAt);
  const start = startAt ? Date.parse(startAt) : due - 60 * 60_000;
  const left = Math.max(0, Math.min(1, (due - now) / Math.max(1, due - start)));
  const state = dueState(dueAt, warnAt, now);
  const late = state === 'breach';
  const around = 2 * Math.PI * 7;
  return (
    <span className={`hub-due hub-due-${state}`} title={dateTime(dueAt)}>
      <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
        <circle cx="9" cy="9" r="7" className="hub-ring-back" />
        <circle
          cx="9"
          cy="9"
          r="7"
          className="hub-ring"
          strokeDasharray={`${(late ? 1 : left) * around} ${around}`}
          transform="rotate(-90 9 9)"
        />
        {/* told by its sign too, not by colour alone */}
        {late && <path d="M9 5v4.5M9 11.7v1.3" className="hub-ring-late" />}
      </svg>
      {remaining(dueAt, now, t)}
    </span>
  );
}

/** The same on every page, window and print; keyed by order id by its users. */
export function PatientStrip({ order, children }: { order: Order; children?: React.ReactNode }) {
  const { t } = useTranslation('shell');
  const patient = order.patient;
  const identifier =
    patient?.identifiers?.find((each) => each.type === 'id-card') ?? patient?.identifiers?.[0];
  return (
    <section className="hub-strip" aria-label={t('strip.label')} data-order={order.id}>
      {patient && (
        <>
          <strong className="hub-strip-name">{patient.name || t('patient.unknown')}</strong>
          <span>{t(`sex.${patient.sex}`)}</span>
          <span title={patient.birthDate ?? ''}>{age(patient.birthDate, t) || t('patient.ageUnknown')}</span>
          {identifier && (
            <span
              className="hub-num"
              title={t(`identifier.${identifier.type}`, { defaultValue: identifier.type })}
            >
              {maskId(identifier.value)}
            </span>
          )}
          <UnmaskButton patient={patient} />
        </>
      )}
      <span className="hub-num" title={t('field.accessionNumber')}>
        {order.accessionNumber}
      </span>
      <span className="hub-strip-items">{order.items.map((each) => each.name).join('、')}</span>
      <span title={t('field.requestingInstitution')}>{order.institutionName}</span>
      <span className={`hub-priority hub-priority-${order.priority}`}>{t(`priority.${order.priority}`)}</span>
      {(order.flags ?? []).map((flag) => (
        <Tag key={flag}>{t(`flag.${flag}`, { defaultValue: flag })}</Tag>
      ))}
      {order.sensitive && (
        <Tag color="error">{t(patient?.protected ? 'strip.protected' : 'strip.sensitive')}</Tag>
      )}
      {order.provisional && <Tag color="warning">{t('strip.provisional')}</Tag>}
      <StatusWord status={order.status} />
      {order.receiving && <Tag color="warning">{t('strip.receiving')}</Tag>}
      {order.dueAt && !closed.has(order.status) && (
        <DueRing
          dueAt={order.dueAt}
          startAt={order.receivedAt ?? order.requestedAt ?? null}
          warnAt={order.warnAt ?? null}
        />
      )}
      <span className="hub-grow" />
      {children}
    </section>
  );
}
