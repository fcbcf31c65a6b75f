import { z } from 'zod';
import type { Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import { conflict, invalid } from '../../core/errors.ts';
import { centerOf } from '../access.ts';
import { blockMachine } from '../machine/blockMachine.ts';
import { guarded } from '../refusals.ts';

const METHODS = ['steam-prevacuum', 'steam-gravity', 'eo', 'plasma', 'formaldehyde', 'dry-heat'] as const;

export const saveMachineInput = z
  .object({
    code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,19}$/, 'capital letters, digits and hyphens'),
    name: z.string().trim().min(1).max(80),
    kind: z.enum(['washer', 'dryer', 'sterilizer', 'sealer', 'water']),
    method: z.enum(METHODS).optional(),
    manufacturer: z.string().trim().max(80).default(''),
    model: z.string().trim().max(80).default(''),
    serialNumber: z.string().trim().max(80).default(''),
  })
  .refine((input) => (input.kind === 'sterilizer') === (input.method !== undefined), {
    path: ['method'],
    message: 'a sterilizer has a method, any other machine none',
    params: { code: 'sterilizer-method' },
  });

/**
 * A machine of the centre. A new sterilizer starts blocked: after installation it runs three empty cycles (and three
 * Bowie-Dick tests for pre-vacuum steam) before it takes a load (WS 310.3). Kind and method never change afterwards.
 */
export async function saveMachine(ctx: Context, actor: Actor, input: z.output<typeof saveMachineInput>) {
  const centerId = await centerOf(ctx.db, actor, 'catalogue');
  const answer = await guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const known = await trx
        .selectFrom('cssdMachine')
        .selectAll()
        .where('institutionId', '=', centerId)
        .where('code', '=', input.code)
        .forUpdate()
        .executeTakeFirst();
      if (known && (known.kind !== input.kind || known.method !== (input.method ?? null)))
        throw conflict(
          'machine-kind',
          `machine ${known.code} keeps its kind and method: enter a new machine`,
        );
      const about = {
        name: input.name,
        manufacturer: input.manufacturer,
        model: input.model,
        serialNumber: input.serialNumber,
      };
      const machine = known
        ? await trx
            .updateTable('cssdMachine')
            .set(about)
            .where('id', '=', known.id)
            .returningAll()
            .executeTakeFirstOrThrow()
        : await trx
            .insertInto('cssdMachine')
            .values({
              institutionId: centerId,
              code: input.code,
              kind: input.kind,
              method: input.method ?? null,
              ...about,
            })
            .returningAll()
            .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.machine',
        subjectType: 'cssd-machine',
        subjectId: machine.id,
        detail: { ...input },
      });
      if (!known && input.kind === 'sterilizer')
        await blockMachine(ctx, trx, actor, machine, {
          reason: 'installation',
          note: '',
          requiredProcess: 3,
          requiredBowieDick: input.method === 'steam-prevacuum' ? 3 : 0,
        });
      return { id: machine.id, code: machine.code, blocked: !known && input.kind === 'sterilizer' };
    }),
  );
  ctx.bell.ring();
  return answer;
}

const figure = (min: number, max: number) => z.number().min(min).max(max).optional();

export const saveProgrammeInput = z.object({
  machine: z.string().max(20),
  code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,19}$/, 'capital letters, digits and hyphens'),
  name: z.string().trim().min(1).max(80),
  purpose: z.enum(['production', 'wash', 'bowie-dick', 'leak', 'warm-up', 'qualification']),
  setTemperatureC: figure(20, 250),
  bandC: z.number().min(0).max(3).default(3),
  minHoldS: z.number().int().min(1).max(86_400).optional(),
  minPressureKpa: figure(-200, 1000),
  maxPressureKpa: figure(-200, 1000),
  minConcentrationMgL: figure(0, 5000),
  minHumidityPercent: figure(0, 100),
  maxLeakKpaMin: figure(0, 99),
  minA0: z.number().int().min(60).max(100_000).optional(),
  biologicalEvery: z.enum(['none', 'load', 'day', 'week']).default('none'),
  infectiousRoute: z.boolean().default(false),
  minutes: z.number().int().min(1).max(1440),
  active: z.boolean().default(true),
});

/** A programme with the limits that its record is judged by. Limits below the standard's minimum are refused by the database. */
export async function saveProgramme(ctx: Context, actor: Actor, input: z.output<typeof saveProgrammeInput>) {
  const centerId = await centerOf(ctx.db, actor, 'catalogue');
  return guarded(() =>
    ctx.db.transaction().execute(async (trx) => {
      const machine = await trx
        .selectFrom('cssdMachine')
        .select(['id', 'kind', 'method'])
        .where('institutionId', '=', centerId)
        .where('code', '=', input.machine)
        .executeTakeFirst();
      if (!machine) throw invalid('unknown machine', [{ path: 'machine', code: 'unknown-machine' }]);
      if ((input.purpose === 'wash') !== (machine.kind === 'washer'))
        throw invalid('the purpose does not fit the machine', [{ path: 'purpose', code: 'purpose-kind' }]);
      if (input.purpose === 'wash' && input.minA0 === undefined)
        throw invalid('a wash programme has an A0', [{ path: 'minA0', code: 'required' }]);
      const { machine: _machine, code, ...rest } = input;
      const values = {
        name: rest.name,
        purpose: rest.purpose,
        method: machine.method,
        setTemperatureC: rest.setTemperatureC ?? null,
        bandC: rest.bandC,
        minHoldS: rest.minHoldS ?? null,
        minPressureKpa: rest.minPressureKpa ?? null,
        maxPressureKpa: rest.maxPressureKpa ?? null,
        minConcentrationMgL: rest.minConcentrationMgL ?? null,
        minHumidityPercent: rest.minHumidityPercent ?? null,
        maxLeakKpaMin: rest.maxLeakKpaMin ?? null,
        minA0: rest.minA0 ?? null,
        biologicalEvery: rest.biologicalEvery,
        infectiousRoute: rest.infectiousRoute,
        minutes: rest.minutes,
        active: rest.active,
      };
      const row = await trx
        .insertInto('cssdProgramme')
        .values({ machineId: machine.id, code, ...values })
        .onConflict((oc) => oc.columns(['machineId', 'code']).doUpdateSet(values))
        .returning('id')
        .executeTakeFirstOrThrow();
      await recordAudit(trx, actor, {
        action: 'sterilization.programme',
        subjectType: 'cssd-programme',
        subjectId: row.id,
        detail: { ...input },
      });
      return { id: row.id, code };
    }),
  );
}
