import { sql, type RawBuilder, type SqlBool } from 'kysely';

/** Escapes for LIKE, then turns the wildcards of DICOM (PS3.4 §C.2.2.2.4) into those of SQL. */
export const likePattern = (value: string): string =>
  value
    .replace(/[\\%_]/g, '\\$&')
    .replaceAll('*', '%')
    .replaceAll('?', '_');

export const hasWildcard = (value: string): boolean => /[*?]/.test(value);

type Ref = RawBuilder<unknown>;

/** Single value or wildcard matching of text (PS3.4 §C.2.2.2.1, §C.2.2.2.4). "*" alone matches everything. */
export function matchText(column: Ref, value: string): RawBuilder<SqlBool> | undefined {
  if (value === '' || /^\*+$/.test(value)) return undefined;
  return hasWildcard(value)
    ? sql<SqlBool>`${column} like ${likePattern(value)}`
    : sql<SqlBool>`${column} = ${value}`;
}

/** One UID or a list of them (PS3.4 §C.2.2.2.2), separated by backslash or comma. */
export function matchUids(column: Ref, value: string): RawBuilder<SqlBool> | undefined {
  const uids = value
    .split(/[\\,]/)
    .map((uid) => uid.trim())
    .filter((uid) => uid !== '' && uid !== '*')
    .slice(0, 1_000);
  if (uids.length === 0) return undefined;
  return uids.length === 1
    ? sql<SqlBool>`${column} = ${uids[0]}::text`
    : sql<SqlBool>`${column} = any(${uids}::text[])`;
}

/** A date, time or a range of either (PS3.4 §C.2.2.2.5): `20260101-`, `-20260131`, `20260101-20260131`. */
export function matchRange(column: Ref, value: string): RawBuilder<SqlBool> | undefined {
  const text = value.replace(/[:.](?=\d{2})/g, '').trim();
  if (text === '' || text === '*') return undefined;
  const range = /^([\d.]*)-([\d.]*)$/.exec(text);
  if (!range) return hasWildcard(text) ? matchText(column, text) : sql<SqlBool>`${column} = ${text}`;
  const parts: RawBuilder<SqlBool>[] = [];
  if (range[1]) parts.push(sql<SqlBool>`${column} >= ${range[1]}`);
  if (range[2]) parts.push(sql<SqlBool>`${column} <= ${range[2] + (range[2].length < 8 ? '~' : '')}`);
  return parts.length === 0 ? undefined : sql<SqlBool>`(${sql.join(parts, sql` and `)})`;
}

/**
 * Person name matching on the search key (see `nameSearch`): without case, wildcards allowed, against each component
 * group, the Hanzi name and its pinyin. `fuzzy` finds the words anywhere.
 */
export function matchName(column: Ref, value: string, fuzzy: boolean): RawBuilder<SqlBool> | undefined {
  const text = value.trim().toLowerCase().replace(/\^+$/, '');
  if (text === '' || /^\*+$/.test(text)) return undefined;
  if (fuzzy) {
    const words = text
      .split(/[\s^=*?]+/)
      .filter(Boolean)
      .slice(0, 10);
    if (words.length === 0) return undefined;
    return sql<SqlBool>`(${sql.join(
      words.map((word) => sql<SqlBool>`${column} like ${`%${likePattern(word)}%`}`),
      sql` and `,
    )})`;
  }
  const groups = text.split('=').filter(Boolean).slice(0, 3);
  return sql<SqlBool>`(${sql.join(
    groups.map((group) => matchGroup(column, group)),
    sql` and `,
  )})`;
}

/** One form of the name as a whole. A wild card between letters must not reach over into the next form. */
function matchGroup(column: Ref, group: string): RawBuilder<SqlBool> {
  const like = sql<SqlBool>`${column} like ${`%|${likePattern(group)}|%`}`;
  if (!/\?|[^*]\*+[^*]/.test(group)) return like;
  const within = group
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^|]*')
    .replaceAll('?', '[^|]');
  return sql<SqlBool>`(${like} and ${column} ~ ${`\\|${within}\\|`})`;
}
