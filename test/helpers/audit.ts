import { expect } from 'vitest';
import type { Context } from '../../server/core/context.ts';
import { sealAudit } from '../../server/core/audit/sealAudit.ts';
import { verifyAudit } from '../../server/core/audit/verifyAudit.ts';

/**
 * Seals until no row is left. One call may not do: rows wait for every older transaction of the whole
 * database server, and other test files work on the same server.
 */
export async function sealEveryRow(ctx: Pick<Context, 'db' | 'keys'>): Promise<void> {
  await expect
    .poll(async () => {
      await sealAudit(ctx);
      return (await verifyAudit(ctx)).unsealedTail;
    })
    .toBe(0);
}
