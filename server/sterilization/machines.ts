import type { Selectable } from 'kysely';
import type { CssdMachine, CssdProgramme } from '../../db/types.ts';
import type { Transaction } from '../core/database.ts';
import { conflict, invalid, notFound } from '../core/errors.ts';

export type Machine = Selectable<CssdMachine>;
export type Programme = Selectable<CssdProgramme>;

/** A machine of the centre by its code, locked: what blocks it waits for us, or we for it. */
export async function lockMachine(trx: Transaction, centerId: string, code: string): Promise<Machine> {
  const machine = await trx
    .selectFrom('cssdMachine')
    .selectAll()
    .where('institutionId', '=', centerId)
    .where('code', '=', code.trim())
    .forUpdate()
    .executeTakeFirst();
  if (!machine) throw notFound('machine', code);
  return machine;
}

export function refuseUnready(machine: Machine): void {
  if (machine.status === 'ready') return;
  throw conflict('machine-blocked', `machine ${machine.code} is ${machine.status}`, {
    machine: machine.code,
    status: machine.status,
  });
}

export async function programmeOf(trx: Transaction, machine: Machine, code: string): Promise<Programme> {
  const programme = await trx
    .selectFrom('cssdProgramme')
    .selectAll()
    .where('machineId', '=', machine.id)
    .where('code', '=', code)
    .where('active', '=', true)
    .executeTakeFirst();
  if (!programme)
    throw invalid(`machine ${machine.code} has no programme ${code}`, [
      { path: 'programme', code: 'unknown-programme', params: { machine: machine.code, programme: code } },
    ]);
  return programme;
}
