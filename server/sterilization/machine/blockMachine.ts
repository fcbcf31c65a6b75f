import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { announce } from '../../core/events/announce.ts';
import { centerOf } from '../access.ts';
import { note, scan } from '../inputs.ts';
import { lockMachine, type Machine } from '../machines.ts';

export interface Block {
  reason: 'biological' | 'bowie-dick' | 'leak' | 'installation' | 'relocation' | 'overhaul' | 'other';
  recallId?: string;
  note: string;
  requiredProcess: number;
  requiredBowieDick: number;
}

/** Blocks a machine in the caller's transaction, naming what it must pass before it comes back. */
export async function blockMachine(
  ctx: Pick<Context, 'clock'>,
  trx: Transaction,
  actor: Actor,
  machine: Machine,
  block: Block,
): Promise<string> {
  const row = await trx
    .insertInto('cssdMachineBlock')
    .values({
      machineId: machine.id,
      reason: block.reason,
      recallId: block.recallId ?? null,
      note: block.note,
      requiredProcess: block.requiredProcess,
      requiredBowieDick: block.requiredBowieDick,
      blockedAt: ctx.clock.now(),
      blockedBy: personId(actor),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx.updateTable('cssdMachine').set({ status: 'blocked' }).where('id', '=', machine.id).execute();
  await recordAudit(trx, actor, {
    action: 'sterilization.machine-block',
    subjectType: 'cssd-machine',
    subjectId: machine.id,
    detail: { ...block },
  });
  await announce(trx, {
    kind: 'sterilization.machine',
    centerKind: 'sterilization',
    reportingInstitutionId: machine.institutionId,
    data: { machine: machine.code, status: 'blocked', reason: block.reason },
  });
  return row.id;
}

export const takeOutOfServiceInput = z.object({
  machine: scan,
  reason: z.enum(['installation', 'relocation', 'overhaul', 'other']),
  note: note.default(''),
});

/** After installation, move or overhaul: three empty runs (and three Bowie-Dick tests for pre-vacuum) before work (WS 310.3). */
export async function takeOutOfService(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof takeOutOfServiceInput>,
) {
  const centerId = await centerOf(ctx.db, actor, 'authorise');
  const answer = await ctx.db.transaction().execute(async (trx) => {
    const machine = await lockMachine(trx, centerId, input.machine);
    const sterilizer = machine.kind === 'sterilizer';
    const full = input.reason !== 'other';
    const id = await blockMachine(ctx, trx, actor, machine, {
      reason: input.reason,
      note: input.note,
      requiredProcess: full ? 3 : 0,
      requiredBowieDick: full && sterilizer && machine.method === 'steam-prevacuum' ? 3 : 0,
    });
    return { blockId: id, machine: machine.code };
  });
  ctx.bell.ring();
  return answer;
}
