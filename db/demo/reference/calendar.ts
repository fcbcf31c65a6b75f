const span = (from: string, to: string, note: string): [string, boolean, string][] => {
  const days: [string, boolean, string][] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += 86_400_000)
    days.push([new Date(at).toISOString().slice(0, 10), false, note]);
  return days;
};
const work = (...days: string[]): [string, boolean, string][] => days.map((day) => [day, true, '调休上班']);

/** 法定节假日 and 调休 as published by the State Council's office for 2025 and 2026. */
export const HOLIDAYS: [day: string, working: boolean, note: string][] = [
  ...span('2025-01-01', '2025-01-01', '元旦'),
  ...span('2025-01-28', '2025-02-04', '春节'),
  ...work('2025-01-26', '2025-02-08'),
  ...span('2025-04-04', '2025-04-06', '清明节'),
  ...span('2025-05-01', '2025-05-05', '劳动节'),
  ...work('2025-04-27'),
  ...span('2025-05-31', '2025-06-02', '端午节'),
  ...span('2025-10-01', '2025-10-08', '国庆节、中秋节'),
  ...work('2025-09-28', '2025-10-11'),
  ...span('2026-01-01', '2026-01-03', '元旦'),
  ...work('2026-01-04'),
  ...span('2026-02-15', '2026-02-23', '春节'),
  ...work('2026-02-14', '2026-02-28'),
  ...span('2026-04-04', '2026-04-06', '清明节'),
  ...span('2026-05-01', '2026-05-05', '劳动节'),
  ...work('2026-05-09'),
  ...span('2026-06-19', '2026-06-21', '端午节'),
  ...span('2026-09-25', '2026-09-27', '中秋节'),
  ...span('2026-10-01', '2026-10-07', '国庆节'),
  ...work('2026-09-20', '2026-10-10'),
];

const DAY: [number, number][] = [
  [480, 720],
  [840, 1080],
];
export const WORK_WEEK = { 1: DAY, 2: DAY, 3: DAY, 4: DAY, 5: DAY, 6: [], 7: [] };
