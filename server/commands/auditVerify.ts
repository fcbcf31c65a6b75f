import { parseArgs } from 'node:util';
import { verifyAudit } from '../core/audit/verifyAudit.ts';
import type { Command } from './command.ts';

/** `hub audit verify`: recomputes the chain; exit code 1 names the first bad row, a cut chain or one without end. */
export const auditVerify: Command = async (ctx, args) => {
  const { json } = parseArgs({ args, options: { json: { type: 'boolean' } } }).values;
  const head = await ctx.db
    .selectFrom('setting')
    .select('value')
    .where('key', '=', 'audit.head')
    .executeTakeFirst();
  const exported = head?.value as { position: number; hash: string } | undefined;
  const progress =
    process.stdout.isTTY && !json ? (done: number) => process.stdout.write(`\r${done} rows`) : undefined;
  const verdict = await verifyAudit(ctx, exported, progress);
  if (json) console.log(JSON.stringify(verdict));
  else if (verdict.fault)
    console.log(
      `audit chain BROKEN at position ${verdict.fault.position} (row ${verdict.fault.auditSeq}): ${verdict.fault.problem}`,
    );
  else
    console.log(
      `audit chain intact: ${verdict.sealed} rows sealed, ${verdict.unsealedTail} not sealed yet, head ${verdict.head.slice(0, 16)}`,
    );
  return verdict.fault ? 1 : 0;
};
