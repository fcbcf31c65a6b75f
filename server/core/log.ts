import { pino, type Logger } from 'pino';

export type Log = Logger;

/** Structured log on stdout. Personal data never goes in: callers log ids and accession numbers only. */
export function createLog(level: string): Log {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['password', 'pin', 'otp', 'authorization', 'cookie', '*.password', '*.pin'],
      censor: '[hidden]',
    },
    serializers: { err: describeError },
  });
}

/** An error without what a driver adds: the `detail` of a violated constraint quotes the row, names and all. */
export function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) };
  const facts = error as Error & { code?: unknown; constraint?: unknown };
  return {
    name: error.name,
    message: error.message,
    ...(facts.code !== undefined && { code: facts.code }),
    ...(facts.constraint !== undefined && { constraint: facts.constraint }),
    stack: error.stack,
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  };
}
