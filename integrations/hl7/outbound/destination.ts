import { readFileSync } from 'node:fs';
import type { Context } from '../../../server/core/context.ts';
import type { Destination } from './client.ts';

/** The line to a receiver as its profile describes it; with TLS the hub shows its own certificate when asked. */
export function destinationOf(
  ctx: Pick<Context, 'config'>,
  profile: {
    host: string;
    port: number;
    tls: boolean;
    tlsFingerprint: string | null;
    ackTimeoutSeconds: number;
  },
): Destination {
  const { tls } = ctx.config;
  return {
    host: profile.host,
    port: profile.port,
    tls: profile.tls,
    timeoutMs: profile.ackTimeoutSeconds * 1000,
    ...(profile.tlsFingerprint && { pinned: profile.tlsFingerprint }),
    ...(profile.tls && tls && { identity: { cert: readFileSync(tls.cert), key: readFileSync(tls.key) } }),
  };
}
