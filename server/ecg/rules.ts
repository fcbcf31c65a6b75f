import type { Queryable } from '../core/database.ts';
import { defaultRules, type FlagRule } from './analysis/rules.ts';

/** Code of a flag rule among the critical rules of the county. */
export const ruleCode = (code: string): string => `ECG-${code.toUpperCase()}`;

/** The rules as the centre has edited them: limits, tier and on or off; unknown limits are ignored. */
export async function loadRules(db: Queryable): Promise<FlagRule[]> {
  const rows = await db
    .selectFrom('criticalRule')
    .select(['code', 'tier', 'settings', 'active'])
    .where('centerKind', '=', 'ecg')
    .execute();
  const edited = new Map(rows.map((row) => [row.code, row]));
  return defaultRules.map((rule) => {
    const row = edited.get(ruleCode(rule.code));
    if (!row) return rule;
    const limits = (row.settings as { limits?: Record<string, unknown> } | null)?.limits ?? {};
    const numbers = Object.entries(limits).filter(
      (entry): entry is [string, number] => typeof entry[1] === 'number' && entry[0] in rule.limits,
    );
    const tier =
      row.tier === 'critical' ? 'critical' : rule.tier === 'information' ? 'information' : 'notable';
    return { ...rule, tier, enabled: row.active, limits: { ...rule.limits, ...Object.fromEntries(numbers) } };
  });
}
