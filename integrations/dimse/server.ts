import { readFileSync } from 'node:fs';
import type { Context } from '../../server/core/context.ts';
import { DomainError } from '../../server/core/errors.ts';
import { DicomError } from '../../server/standards/dicom/errors.ts';
import type { Acceptor } from './acceptor.ts';
import { listen } from './acceptor.ts';
import { admitCaller } from './admitCaller.ts';
import type { Limits } from './limits.ts';
import { modalityService } from './modalityService.ts';
import { queryService } from './queryService.ts';
import type { DimseServices } from './services.ts';
import { storeService } from './storeService.ts';

export interface DimseServer {
  readonly port: number;
  /** Set when DICOM TLS listens as well. */
  readonly tlsPort?: number;
  /** Takes no more associations, lets running operations end, then stops. */
  close(): Promise<void>;
}

/** Starts the role `dimse`: DICOM associations on the configured port and, with certificate and port, over TLS on another one. */
export async function startDimse(ctx: Context, limits: Partial<Limits> = {}): Promise<DimseServer> {
  const { config } = ctx;
  const services: DimseServices = {
    admit: (caller) =>
      admitCaller(ctx, caller).catch((err: unknown) => {
        ctx.log.error({ err }, 'a caller could not be checked');
        throw err;
      }),
    failed({ associationId, callingAe }, err) {
      const expected = err instanceof DicomError || (err instanceof DomainError && err.status < 500);
      ctx.log[expected ? 'info' : 'error'](
        { err, associationId, callingAe },
        'a DICOM request was answered with a failure',
      );
    },
    ...storeService(ctx),
    ...queryService(ctx),
    ...modalityService(ctx),
  };
  const common = { services, aeTitle: config.aeTitle, host: config.host, limits };
  const plain = await listenOrExplain({ ...common, port: config.dimsePort });
  const secure = await listenTls(ctx, common).catch(async (error: unknown) => {
    await plain.close(0);
    throw error;
  });
  return {
    port: plain.port,
    ...(secure !== undefined && { tlsPort: secure.port }),
    async close() {
      await Promise.all([plain.close(), secure?.close()]);
    },
  };
}

/** Devices may show a certificate, self-signed too: it is compared with the one they are registered with. */
async function listenTls(
  { config }: Context,
  common: Omit<Parameters<typeof listen>[0], 'port'>,
): Promise<Acceptor | undefined> {
  if (config.tls === undefined || config.dimseTlsPort === undefined) return undefined;
  const tls = {
    cert: readFileSync(config.tls.cert),
    key: readFileSync(config.tls.key),
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.2' as const,
  };
  return listenOrExplain({ ...common, port: config.dimseTlsPort, tls });
}

async function listenOrExplain(options: Parameters<typeof listen>[0]): Promise<Acceptor> {
  try {
    return await listen(options);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new Error(
        `Port ${options.port} on ${options.host} is taken: stop the other program or set DIMSE_PORT.`,
        {
          cause: error,
        },
      );
    throw error;
  }
}
