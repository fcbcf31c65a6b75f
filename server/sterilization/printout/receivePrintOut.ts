import type { Context } from '../../core/context.ts';
import { notFound } from '../../core/errors.ts';
import { announce } from '../../core/events/announce.ts';
import { printOutProfile } from '../formats/printOutProfile.ts';
import { readPrintOut, type CycleReading } from '../formats/readPrintOut.ts';

export interface ReceivedPrintOut {
  id: string;
  flags: string[];
  known: boolean;
}

/**
 * Keeps a machine's print-out: original bytes first, then the row with what its profile reads. Cut off, in GBK, or not
 * readable at all: kept and flagged. The same bytes twice are one print-out. It waits until a person ends the load.
 */
export async function receivePrintOut(
  ctx: Pick<Context, 'db' | 'objects' | 'clock' | 'bell'>,
  input: {
    machineId: string;
    profileId: string | null;
    source: 'tcp' | 'folder' | 'upload';
    bytes: Uint8Array;
  },
): Promise<ReceivedPrintOut> {
  const machine = await ctx.db
    .selectFrom('cssdMachine')
    .select(['id', 'code', 'institutionId'])
    .where('id', '=', input.machineId)
    .executeTakeFirst();
  if (!machine) throw notFound('machine', input.machineId);
  const profile = input.profileId
    ? await ctx.db
        .selectFrom('cssdPrintProfile')
        .selectAll()
        .where('id', '=', input.profileId)
        .executeTakeFirst()
    : undefined;
  const stored = await ctx.objects.put(input.bytes);
  let reading: CycleReading;
  try {
    const rules = profile ? printOutProfile.parse(profile.rules) : undefined;
    reading = rules ? readPrintOut(input.bytes, rules) : { parameters: {}, curve: [], flags: ['no-profile'] };
  } catch (error) {
    reading = {
      parameters: {},
      curve: [],
      flags: ['unreadable', error instanceof Error ? error.message.slice(0, 200) : ''],
    };
  }
  const row = await ctx.db.transaction().execute(async (trx) => {
    const made = await trx
      .insertInto('cssdPrintOut')
      .values({
        machineId: machine.id,
        profileId: profile?.id ?? null,
        receivedAt: ctx.clock.now(),
        source: input.source,
        sha256: stored.address,
        bytes: input.bytes.length,
        encoding: reading.flags.includes('gb18030') ? 'gb18030' : 'utf-8',
        state: 'waiting',
        flags: reading.flags,
        reading: JSON.stringify(reading),
      })
      .onConflict((oc) => oc.columns(['machineId', 'sha256']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (made)
      await announce(trx, {
        kind: 'sterilization.print-out',
        centerKind: 'sterilization',
        reportingInstitutionId: machine.institutionId,
        data: { machine: machine.code, printOutId: made.id },
      });
    return made;
  });
  ctx.bell.ring();
  if (row) return { id: row.id, flags: reading.flags, known: false };
  const known = await ctx.db
    .selectFrom('cssdPrintOut')
    .select('id')
    .where('machineId', '=', machine.id)
    .where('sha256', '=', stored.address)
    .executeTakeFirstOrThrow();
  return { id: known.id, flags: reading.flags, known: true };
}
