import type { Queryable } from '../../core/database.ts';
import { conflict, notFound } from '../../core/errors.ts';
import type { CycleReading } from '../formats/readPrintOut.ts';
import type { CurvePoint } from '../rules/a0.ts';
import type { CycleParameters } from '../rules/physicalCheck.ts';

export interface Reading {
  source: 'entered' | 'print-out';
  printOutId: string | null;
  parameters: CycleParameters;
  curve: CurvePoint[];
  flags: string[];
  startedAt?: string | undefined;
  endedAt?: string | undefined;
}

/** The record of a cycle: what the machine printed, with what a person entered where the paper is silent. */
export async function readingOf(
  db: Queryable,
  machineId: string,
  input: { printOutId?: string | undefined; parameters: CycleParameters; curve?: CurvePoint[] | undefined },
): Promise<Reading> {
  if (!input.printOutId)
    return {
      source: 'entered',
      printOutId: null,
      parameters: input.parameters,
      curve: input.curve ?? [],
      flags: [],
    };
  const row = await db
    .selectFrom('cssdPrintOut')
    .selectAll()
    .where('id', '=', input.printOutId)
    .where('machineId', '=', machineId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw notFound('print-out', input.printOutId);
  if (row.state === 'matched')
    throw conflict('print-out-taken', 'this print-out belongs to another load already');
  const reading = row.reading as unknown as CycleReading;
  return {
    source: 'print-out',
    printOutId: row.id,
    parameters: { ...input.parameters, ...reading.parameters },
    curve: reading.curve,
    flags: reading.flags,
    startedAt: reading.startedAt,
    endedAt: reading.endedAt,
  };
}
