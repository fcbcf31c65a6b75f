import type { IncomingMessage } from 'node:http';

/**
 * The body of a request while it arrives. Where its reader stops early, the rest is read and dropped: many senders write everything
 * before they read the answer, and would wait for good on a connection that nobody reads.
 */
export async function* requestBody(req: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false })) yield chunk as Buffer;
  } finally {
    if (!req.destroyed) req.resume();
  }
}
