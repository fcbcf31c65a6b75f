import type { Context } from '../../context.ts';
import type { RecognitionRange } from '../ranges.ts';
import type { Person } from './isOfPerson.ts';
import { readBundle, type AskedItem, type PlatformResult } from './readBundle.ts';

export interface PlatformFailure {
  platformId: string;
  platformName: string;
  /** `paused`: it gave no answer a moment ago and is left alone; `unproven`: not proved to be this person's. */
  reason: 'timeout' | 'refused' | 'too-large' | 'unreadable' | 'unreachable' | 'unproven' | 'paused';
}

export interface PlatformAnswer {
  /** Every valid result of the asked items, newest examination first. */
  items: PlatformResult[];
  /** Platforms that gave no answer that can be used: nothing is known of what they have. */
  failures: PlatformFailure[];
}

type Reason = PlatformFailure['reason'];

const LIMIT_MS = 1_500;
const PAUSE_MS = 15_000;
const MOST_BYTES = 1_000_000;
const DEFAULT_VALIDITY_DAYS = 30;

/** Until when an address that did not answer is left alone, so that a dead line does not slow every order. */
const pausedUntil = new Map<string, number>();

class UnusableAnswer extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason);
    this.reason = reason;
  }
}

/** Whether any platform is asked at all: the cheap question before the dear one. */
export async function hasPlatforms({ db }: Pick<Context, 'db'>): Promise<boolean> {
  const row = await db
    .selectFrom('recognitionPlatform')
    .select('id')
    .where('active', '=', true)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Asks the configured platforms, all at once, for signed results of a person by his national document (numbers of a
 * hospital mean nothing elsewhere). Never throws and never takes longer than the limit: who gives no answer is named.
 */
export async function askPlatforms(
  ctx: Pick<Context, 'db' | 'keys' | 'clock' | 'log'>,
  person: Person,
  itemCodes: string[],
): Promise<PlatformAnswer> {
  const answer: PlatformAnswer = { items: [], failures: [] };
  const platforms = await ctx.db
    .selectFrom('recognitionPlatform')
    .selectAll()
    .where('active', '=', true)
    .orderBy('name')
    .limit(10)
    .execute();
  if (platforms.length === 0) return answer;
  const items = await askedItems(ctx, itemCodes);
  await Promise.all(
    platforms.map(async ({ id, name, baseUrl, tokenEncrypted, recognizedAs }) => {
      try {
        if ((pausedUntil.get(baseUrl) ?? 0) > Date.now()) throw new UnusableAnswer('paused');
        const token = tokenEncrypted === null ? null : ctx.keys.decrypt(tokenEncrypted);
        const body = JSON.parse(await askOne(baseUrl, token, person.number));
        const platform = { id, name, recognizedAs: recognizedAs as RecognitionRange | null };
        const { results, unproven } = readBundle(platform, body, items, person, ctx.clock.now());
        answer.items.push(...results);
        if (unproven > 0) throw new UnusableAnswer('unproven');
      } catch (error) {
        const reason = reasonOf(error);
        if (reason === 'timeout' || reason === 'unreachable') pausedUntil.set(baseUrl, Date.now() + PAUSE_MS);
        ctx.log.warn({ platform: name, reason }, 'another platform gave no answer that can be used');
        answer.failures.push({ platformId: id, platformName: name, reason });
      }
    }),
  );
  // The same order each time, whichever platform answered first.
  answer.items.sort(
    (a, b) => b.examinedAt.localeCompare(a.examinedAt) || a.platformName.localeCompare(b.platformName),
  );
  return answer;
}

async function askedItems({ db }: Pick<Context, 'db'>, codes: string[]): Promise<AskedItem[]> {
  const rows = await db
    .selectFrom('catalogueItem as c')
    .leftJoin('recognitionItem as r', 'r.itemCode', 'c.code')
    .select(['c.code', 'c.name', 'c.nameEn', 'c.price', 'r.eligible', 'r.validityDays', 'r.countsFrom'])
    .where('c.code', 'in', codes)
    .execute();
  return rows.map((row) => ({
    ...row,
    eligible: row.eligible ?? false,
    validityDays: row.validityDays ?? DEFAULT_VALIDITY_DAYS,
    countsFrom: row.countsFrom ?? 'examination',
  }));
}

async function askOne(baseUrl: string, token: string | null, number: string): Promise<string> {
  const query = new URLSearchParams([
    ['patient.identifier', number],
    ['_include', 'DiagnosticReport:result'],
    ['_include', 'DiagnosticReport:subject'],
    ['_count', '50'],
  ]);
  const answer = await fetch(`${baseUrl.replace(/\/+$/, '')}/DiagnosticReport?${query}`, {
    headers: { accept: 'application/fhir+json', ...(token && { authorization: `Bearer ${token}` }) },
    redirect: 'error',
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new UnusableAnswer('refused');
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += part.byteLength;
    if (size > MOST_BYTES) throw new UnusableAnswer('too-large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function reasonOf(error: unknown): Reason {
  if (error instanceof UnusableAnswer) return error.reason;
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'timeout';
  return error instanceof TypeError ? 'unreachable' : 'unreadable';
}
