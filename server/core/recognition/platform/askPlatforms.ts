import type { Context } from '../../context.ts';
import { NATIONAL_TYPES } from '../../patient/findOrCreatePatient.ts';
import type { RequestInput } from '../../order/requestInput.ts';
import { readBundle, type AskedItem, type PlatformResult } from './readBundle.ts';

export interface PlatformAnswer {
  items: PlatformResult[];
  /** Platforms that gave no answer: nothing is known of what they have. */
  failures: {
    platformName: string;
    reason: 'timeout' | 'refused' | 'too-large' | 'unreadable' | 'unreachable';
  }[];
}

type Reason = PlatformAnswer['failures'][number]['reason'];

const LIMIT_MS = 1_500;
const MOST_BYTES = 1_000_000;
const DEFAULT_VALIDITY_DAYS = 30;

class PlatformFailure extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason);
    this.reason = reason;
  }
}

/**
 * Asks the configured platforms, all at once, for signed results of a person by his national document (numbers of a
 * hospital mean nothing elsewhere). Never throws and never takes longer than the limit: who gives no answer is named.
 */
export async function askPlatforms(
  ctx: Pick<Context, 'db' | 'keys' | 'clock' | 'log'>,
  identifiers: NonNullable<RequestInput['patient']>['identifiers'],
  itemCodes: string[],
): Promise<PlatformAnswer> {
  const answer: PlatformAnswer = { items: [], failures: [] };
  const document = identifiers.find(({ type }) => NATIONAL_TYPES.has(type));
  if (!document) return answer;
  const platforms = await ctx.db
    .selectFrom('recognitionPlatform')
    .selectAll()
    .where('active', '=', true)
    .orderBy('name')
    .limit(10)
    .execute();
  if (platforms.length === 0) return answer;
  const items = await askedItems(ctx, itemCodes);
  const number = document.value.trim().toUpperCase().replace(/\s/g, '');
  await Promise.all(
    platforms.map(async ({ name, baseUrl, tokenEncrypted }) => {
      try {
        const body = await askOne(
          baseUrl,
          tokenEncrypted === null ? null : ctx.keys.decrypt(tokenEncrypted),
          number,
        );
        answer.items.push(...readBundle(name, JSON.parse(body), items, ctx.clock.now()));
      } catch (error) {
        const reason = reasonOf(error);
        ctx.log.warn({ platform: name, reason }, 'another platform gave no answer');
        answer.failures.push({ platformName: name, reason });
      }
    }),
  );
  return answer;
}

async function askedItems({ db }: Pick<Context, 'db'>, codes: string[]): Promise<AskedItem[]> {
  const rows = await db
    .selectFrom('catalogueItem as c')
    .leftJoin('recognitionItem as r', 'r.itemCode', 'c.code')
    .select(['c.code', 'c.name', 'c.nameEn', 'r.validityDays'])
    .where('c.code', 'in', codes)
    .execute();
  return rows.map((row) => ({ ...row, validityDays: row.validityDays ?? DEFAULT_VALIDITY_DAYS }));
}

async function askOne(baseUrl: string, token: string | null, number: string): Promise<string> {
  const query = new URLSearchParams({
    'patient.identifier': number,
    _include: 'DiagnosticReport:result',
    _count: '50',
  });
  const answer = await fetch(`${baseUrl.replace(/\/+$/, '')}/DiagnosticReport?${query}`, {
    headers: { accept: 'application/fhir+json', ...(token && { authorization: `Bearer ${token}` }) },
    redirect: 'error',
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  if (!answer.ok) {
    await answer.body?.cancel();
    throw new PlatformFailure('refused');
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of answer.body ?? []) {
    size += part.byteLength;
    if (size > MOST_BYTES) throw new PlatformFailure('too-large');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function reasonOf(error: unknown): Reason {
  if (error instanceof PlatformFailure) return error.reason;
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'timeout';
  return error instanceof TypeError ? 'unreachable' : 'unreadable';
}
