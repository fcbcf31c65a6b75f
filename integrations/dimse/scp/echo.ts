import type { IncomingRequest } from '../association.ts';
import { statuses } from '../status.ts';
import { respond } from './respond.ts';
import type { ServiceContext } from './serviceContext.ts';

/** C-ECHO (PS3.7 §9.1.5). */
export async function serveEcho({ association }: ServiceContext, request: IncomingRequest): Promise<void> {
  if (request.data !== undefined && !(await request.data.discard())) return;
  await respond(association, request, { status: statuses.success });
}
