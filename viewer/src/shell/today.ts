import dayjs, { type Dayjs } from 'dayjs';
import { dateOnly } from './format.ts';

/** The day it is in Asia/Shanghai, at 0:00, whatever the zone of the PC. */
export const today = (): Dayjs => dayjs(dateOnly(new Date().toISOString()));
