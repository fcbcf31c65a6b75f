import { z } from 'zod';
import { personId, type Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import { DomainError, notFound } from '../../core/errors.ts';
import { note } from '../inputs.ts';
import type { Operation } from '../operations.ts';
import { personOfTicket } from './stationTicket.ts';

export const takeOverScansInput = z.object({
  station: z.string().trim().min(1).max(60),
  /** The station's clock when it sends: the difference to ours is kept with every scan. */
  sentAt: z.coerce.date(),
  scans: z
    .array(
      z.object({
        /** Counts up at the station; the same number again is answered as before and not done twice. */
        sequence: z.number().int().min(0),
        operation: z.string().max(40),
        input: z.record(z.string().max(60), z.unknown()),
        deviceAt: z.coerce.date(),
        /** Proof of who scanned; without one the scan is of the person who hands over. */
        ticket: z.string().max(200).optional(),
      }),
    )
    .min(1)
    .max(500),
});

export interface TakenScan {
  sequence: number;
  outcome: 'accepted' | 'conflict';
  problem: string;
  /** In whose name it was done. */
  person: string;
}

/**
 * Takes over what a station scanned while it was offline, in the station's own order, each scan in the name of who made
 * it. What is refused is a conflict for a person to look at; the scans after it are still tried. Order of events is the
 * server's, the device time is kept.
 */
export async function takeOverScans(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof takeOverScansInput>,
  operations: Record<string, Operation>,
): Promise<{ results: TakenScan[] }> {
  const takenOverBy = personId(actor);
  const institutionId = actor.institutionId;
  if (!institutionId) throw notFound('institution');
  const skewMs = ctx.clock.now().getTime() - input.sentAt.getTime();
  const results: TakenScan[] = [];
  for (const scan of [...input.scans].sort((a, b) => a.sequence - b.sequence)) {
    const scanner = await scannerOf(ctx, actor, scan.ticket);
    const person = (scanner ?? actor).name;
    const staffId = personId(scanner ?? actor);
    const id = await claim(ctx, { input, scan, skewMs, institutionId, staffId, takenOverBy });
    if (id === undefined) {
      results.push({ sequence: scan.sequence, person, ...(await answeredBefore(ctx, input.station, scan)) });
      continue;
    }
    const work = scanner
      ? tryScan(ctx, scanner, input.station, scan, operations[scan.operation])
      : Promise.resolve('unproven: who made this scan cannot be told, so it was not done');
    const problem = await work.catch(async (error: unknown) => {
      await ctx.db.deleteFrom('cssdScan').where('id', '=', id).execute(); // not our answer: the station tries again
      throw error;
    });
    const outcome = problem === '' ? 'accepted' : 'conflict';
    await ctx.db.updateTable('cssdScan').set({ outcome, problem }).where('id', '=', id).execute();
    results.push({ sequence: scan.sequence, outcome, problem, person });
  }
  return { results };
}

/** Who made the scan: the bearer of its ticket, who must be of this institution; without a ticket who hands over. */
async function scannerOf(ctx: Context, actor: Actor, ticket: string | undefined): Promise<Actor | undefined> {
  if (ticket === undefined) return actor;
  const person = await personOfTicket(ctx, ticket);
  if (!person || person.institutionId !== actor.institutionId) return undefined;
  if (person.id === actor.id) return actor;
  return {
    ...person,
    ...(actor.address && { address: actor.address }),
    ...(actor.requestId && { requestId: actor.requestId }),
  };
}

interface Claim {
  input: z.output<typeof takeOverScansInput>;
  scan: z.output<typeof takeOverScansInput>['scans'][number];
  skewMs: number;
  institutionId: string;
  staffId: string;
  takenOverBy: string;
}

/**
 * The row stands before the act is tried, so that two hand-overs of one queue cannot both do it, and an act that a crash
 * cut off is left as a conflict to look at. Undefined when the scan was handed over before.
 */
async function claim(
  ctx: Context,
  { input, scan, skewMs, institutionId, staffId, takenOverBy }: Claim,
): Promise<number | undefined> {
  const row = await ctx.db
    .insertInto('cssdScan')
    .values({
      station: input.station,
      clientSequence: scan.sequence,
      institutionId,
      staffId,
      takenOverBy,
      operation: scan.operation,
      input: JSON.stringify(scan.input),
      deviceAt: scan.deviceAt,
      receivedAt: ctx.clock.now(),
      skewMs,
      outcome: 'conflict',
      problem: 'interrupted: look whether this act was done',
    })
    .onConflict((oc) => oc.constraint('cssd_scan_once').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

async function answeredBefore(ctx: Context, station: string, scan: Claim['scan']) {
  const row = await ctx.db
    .selectFrom('cssdScan')
    .select(['outcome', 'problem'])
    .where('station', '=', station)
    .where('clientSequence', '=', scan.sequence)
    .where('deviceAt', '=', scan.deviceAt)
    .executeTakeFirstOrThrow();
  return { outcome: row.outcome as TakenScan['outcome'], problem: row.problem };
}

async function tryScan(
  ctx: Context,
  actor: Actor,
  station: string,
  scan: z.output<typeof takeOverScansInput>['scans'][number],
  operation: Operation | undefined,
): Promise<string> {
  if (!operation?.offline) return 'unknown-operation: this act cannot be done offline';
  const parsed = operation.schema.safeParse({ ...scan.input, station, deviceAt: scan.deviceAt });
  if (!parsed.success)
    return `invalid: ${parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; ')}`.slice(
      0,
      1000,
    );
  try {
    await operation.run(ctx, actor, parsed.data);
    return '';
  } catch (error) {
    if (error instanceof DomainError && error.status < 500)
      return `${error.type}: ${error.message}`.slice(0, 1000);
    throw error;
  }
}

export const resolveScanInput = z.object({ id: z.number().int().min(1), resolution: note.min(1) });

/** A person has looked at a conflict of an offline station and says what was done about it. */
export async function resolveScan(ctx: Context, actor: Actor, input: z.output<typeof resolveScanInput>) {
  const changed = await ctx.db
    .updateTable('cssdScan')
    .set({ resolvedAt: ctx.clock.now(), resolvedBy: personId(actor), resolution: input.resolution })
    .where('id', '=', input.id)
    .where('institutionId', '=', actor.institutionId)
    .where('outcome', '=', 'conflict')
    .where('resolvedAt', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!changed) throw notFound('scan conflict', String(input.id));
  return { id: changed.id };
}
