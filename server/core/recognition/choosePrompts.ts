import { localDate } from '../turnaround/calendar.ts';
import type { EarlierResult } from './findEarlierResults.ts';
import type { PlatformResult } from './platform/readBundle.ts';

/** A recognised earlier result that needs a decision: the county's own or another platform's. */
export type Prompt = EarlierResult | PlatformResult;

export const isElsewhere = (result: Prompt): result is PlatformResult => 'platformId' in result;

const day = (at: Date | string): string => localDate(new Date(at));

/**
 * One prompt for each item: the county's own recognised result, or another platform's where that was examined on a later
 * day (platforms hold copies of what the county signed, so the same day means the county's). All others are references.
 */
export function choosePrompts(
  own: EarlierResult[],
  elsewhere: PlatformResult[],
): { prompts: Prompt[]; references: Prompt[] } {
  const all: Prompt[] = [...own, ...newestOfEach(elsewhere)];
  const prompts = new Map<string, Prompt>();
  for (const result of all.filter((each) => each.recognized)) {
    const standing = prompts.get(result.itemCode);
    if (!standing || day(result.examinedAt) > day(standing.examinedAt)) prompts.set(result.itemCode, result);
  }
  const chosen = new Set([...prompts.values()].map((prompt) => prompt.promptId));
  return {
    prompts: [...prompts.values()],
    references: all.filter((result) => !chosen.has(result.promptId)),
  };
}

/** Of several results of one item on one platform the newest, which stands first. */
export function newestOfEach(results: PlatformResult[]): PlatformResult[] {
  const seen = new Set<string>();
  return results.filter(({ platformId, itemCode }) => {
    const key = `${platformId} ${itemCode}`;
    return !seen.has(key) && seen.add(key);
  });
}
