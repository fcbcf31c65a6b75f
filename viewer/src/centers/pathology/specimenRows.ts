export const lateralities = ['none', 'left', 'right', 'both', 'midline', 'unknown'] as const;

/** `2026-11-22T09:30` as typed at the site, as an instant; nothing typed stays nothing: never "now". */
export const instantOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? new Date(`${value}:00+08:00`).toISOString() : undefined;

const filled = (value: unknown) => value !== undefined && value !== null && value !== '';
const clean = (value: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => filled(each)));

/** What the form of a new request adds to `POST /api/orders`. Unknown times and times not measured are left out. */
export function orderExtra(extra: Record<string, unknown>): Record<string, unknown> {
  const specimens = Array.isArray(extra.specimens) ? (extra.specimens as Record<string, unknown>[]) : [];
  const frozen = (extra.frozen ?? {}) as Record<string, unknown>;
  const clinical = clean((extra.clinical ?? {}) as Record<string, unknown>);
  const appointment = clean({ ...frozen, appointmentAt: instantOf(frozen.appointmentAt) });
  return {
    specimens: specimens
      .filter(({ site }) => filled(site))
      .map((specimen) =>
        clean({
          ...specimen,
          removedAt: instantOf(specimen.removedAt),
          fixationStartedAt: instantOf(specimen.fixationStartedAt),
        }),
      ),
    ...(Object.keys(clinical).length > 0 && { clinical }),
    ...(Object.keys(appointment).length > 0 && { frozen: appointment }),
  };
}
