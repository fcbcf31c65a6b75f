import { tags, type DataSet } from '../standards/dicom/index.ts';

const COUNTY_ZONE = '+0800';
const pairs: readonly (readonly [number, number])[] = [
  [tags.acquisitionDate, tags.acquisitionTime],
  [tags.contentDate, tags.contentTime],
  [tags.seriesDate, tags.seriesTime],
  [tags.studyDate, tags.studyTime],
];

/**
 * When the device says that it acquired the object: Acquisition DateTime, else the first complete pair of date and
 * time from acquisition to study (PS3.3 §C.7.6.1). Zone: Timezone Offset From UTC, else that of the county.
 */
export function acquisitionTime(dataSet: DataSet): Date | undefined {
  const zone = dataSet.string(tags.timezoneOffsetFromUtc) ?? COUNTY_ZONE;
  const whole = dataSet.string(tags.acquisitionDateTime);
  const exact = whole && whole.length >= 12 ? readTime(whole.slice(0, 8), whole.slice(8), zone) : undefined;
  if (exact) return exact;
  for (const [dateTag, timeTag] of pairs) {
    const date = dataSet.string(dateTag);
    const time = dataSet.string(timeTag);
    const at = date && time ? readTime(date, time, zone) : undefined;
    if (at) return at;
  }
  return undefined;
}

/** DA + TM (PS3.5 §6.2) with an offset such as +0800; a time may carry its own offset (DT). A day that does not exist is no time. */
export function readTime(date: string, time: string, zone: string = COUNTY_ZONE): Date | undefined {
  const day = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/.exec(date.trim());
  const clock = /^(\d{2}):?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?\s*([+-]\d{4})?$/.exec(time.trim());
  const offset = /^([+-]\d{2})(\d{2})$/.exec(clock?.[5] ?? zone) ?? /^([+-]\d{2})(\d{2})$/.exec(COUNTY_ZONE);
  if (!day || !clock || !offset) return undefined;
  const seconds = `${clock[3] ?? '00'}.${(clock[4] ?? '0').padEnd(3, '0').slice(0, 3)}`;
  const at = new Date(
    `${day[1]}-${day[2]}-${day[3]}T${clock[1]}:${clock[2]}:${seconds}${offset[1]}:${offset[2]}`,
  );
  if (Number.isNaN(at.getTime())) return undefined;
  const lastDay = new Date(Date.UTC(Number(day[1]), Number(day[2]), 0)).getUTCDate();
  return Number(day[3]) > lastDay ? undefined : at;
}
