import dayjs, { type Dayjs } from 'dayjs';
import { dateTime } from './format.ts';

/** The instant that a picker means: what it shows is the clock of Asia/Shanghai, whatever the zone of the PC. */
export const instantOf = (picked: Dayjs): string =>
  new Date(`${picked.format('YYYY-MM-DDTHH:mm:ss')}+08:00`).toISOString();

/** The present minute as a picker shows it. */
export const countyNow = (): Dayjs => dayjs(dateTime(new Date().toISOString()));
