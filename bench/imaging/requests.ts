import http from 'node:http';
import { randomBytes } from 'node:crypto';
import type { Context } from '../../server/core/context.ts';
import { hashToken } from '../../server/core/access/token.ts';
import { percentile } from '../helpers/percentile.ts';

/** A machine of 柳河镇卫生院 that may read images; returns its bearer token. */
export async function readingToken(ctx: Context): Promise<string> {
  const token = randomBytes(24).toString('base64url');
  const site = await ctx.db
    .selectFrom('institution')
    .select('id')
    .where('code', '=', 'LIUHE')
    .executeTakeFirstOrThrow();
  await ctx.db
    .insertInto('apiToken')
    .values({
      name: 'bench',
      tokenHash: hashToken(token),
      institutionId: site.id,
      verbs: ['input.read', 'input.upload'],
      expiresAt: new Date(Date.now() + 86_400_000),
    })
    .execute();
  return token;
}

/** As long as a busy morning's first minutes are for the compiler: after that, times stay where they are. */
const WARM_UP_MS = 5_000;

/** At least this long is counted: three hundred answers of sixteen clients are out in a fifth of a second, less than one pause of either side. */
const COUNTED_MS = 3_000;

export interface Timing {
  p50: number;
  p95: number;
  perSecond: number;
  /** Bytes of one answer, on average. */
  bytes: number;
}

/**
 * Asks at least `count` times, and for three seconds, with `clients` at once over kept connections, after five seconds of
 * questions that are not counted (code compiled, pages cached, on either side); times in milliseconds. Throws on an answer that is not 2xx.
 */
export async function timeRequests(
  urls: (n: number) => string,
  headers: Record<string, string>,
  count: number,
  clients: number,
): Promise<Timing> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const times: number[] = [];
  let bytes = 0;
  let next = 0;
  const askWhile = (more: () => boolean) =>
    Promise.all(
      Array.from({ length: clients }, async () => {
        while (more()) {
          const url = urls(next++);
          const at = performance.now();
          bytes += await ask(url, headers, agent);
          times.push(performance.now() - at);
        }
      }),
    );
  const warm = performance.now() + WARM_UP_MS;
  await askWhile(() => performance.now() < warm);
  bytes = 0;
  times.length = 0;
  const started = performance.now();
  const last = next + count;
  await askWhile(() => next < last || performance.now() < started + COUNTED_MS);
  const seconds = (performance.now() - started) / 1_000;
  agent.destroy();
  return {
    p50: percentile(times, 50),
    p95: percentile(times, 95),
    perSecond: times.length / seconds,
    bytes: bytes / times.length,
  };
}

function ask(url: string, headers: Record<string, string>, agent: http.Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { headers, agent }, (answer) => {
        let length = 0;
        answer.on('data', (chunk: Buffer) => (length += chunk.length));
        answer.on('end', () =>
          (answer.statusCode ?? 500) < 300
            ? resolve(length)
            : reject(new Error(`${url}: ${answer.statusCode}`)),
        );
      })
      .on('error', reject);
  });
}
