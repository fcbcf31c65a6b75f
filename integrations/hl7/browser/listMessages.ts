import { sql } from 'kysely';
import { z } from 'zod';
import type { Queryable } from '../../../server/core/database.ts';
import { decodeCursor, encodeCursor } from '../../../server/core/http.ts';

export const messageQuery = z.object({
  direction: z.enum(['in', 'out']).optional(),
  state: z.string().max(120).optional(),
  sender: z.string().max(120).optional(),
  type: z.string().max(20).optional(),
  /** Control id, placer number, accession number or the whole name of a patient. */
  q: z.string().trim().min(1).max(120).optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/**
 * Messages, newest first. No content: that is read one at a time. `byName`: the caller may look for patients; others
 * find messages by their numbers only.
 */
export async function listMessages(
  db: Queryable,
  query: z.output<typeof messageQuery>,
  { byName }: { byName: boolean },
) {
  const after = decodeCursor(query.cursor, 1);
  const q = query.q;
  const rows = await db
    .selectFrom('hl7Message as m')
    .leftJoin('institution as i', 'i.id', 'm.institutionId')
    .select([
      'm.id',
      'm.direction',
      'm.wire',
      'm.sender',
      'm.address',
      'm.controlId',
      'm.messageType',
      'm.triggerEvent',
      'm.size',
      'm.charset',
      'm.state',
      'm.attempts',
      'm.answerCode',
      'm.problem',
      'm.warnings',
      'm.accessionNumbers',
      'm.placerNumbers',
      'm.replays',
      'm.receivedAt',
      'm.processedAt',
      'm.answeredAt',
      'i.shortName as institutionName',
    ])
    .$if(query.direction !== undefined, (qb) => qb.where('m.direction', '=', query.direction ?? ''))
    .$if(query.state !== undefined, (qb) => qb.where('m.state', 'in', (query.state ?? '').split(',')))
    .$if(query.sender !== undefined, (qb) => qb.where('m.sender', '=', query.sender ?? ''))
    .$if(query.type !== undefined, (qb) => qb.where('m.messageType', '=', (query.type ?? '').toUpperCase()))
    .$if(q !== undefined, (qb) =>
      qb.where((eb) =>
        eb.or([
          eb('m.controlId', '=', q ?? ''),
          ...(byName
            ? [
                eb('m.patientId', 'in', (of) =>
                  of
                    .selectFrom('patient')
                    .select('patient.id')
                    .where('patient.name', '=', q ?? '')
                    .limit(200),
                ),
              ]
            : []),
          // `<> '{}'` names the partial index; `@>` alone does not imply it for the planner.
          sql<boolean>`m.placer_numbers <> '{}' and m.placer_numbers @> array[${q ?? ''}]::text[]`,
          sql<boolean>`m.accession_numbers <> '{}' and m.accession_numbers @> array[${(q ?? '').toUpperCase()}]::text[]`,
        ]),
      ),
    )
    .$if(query.from !== undefined, (qb) => qb.where('m.receivedAt', '>=', new Date(query.from ?? 0)))
    .$if(query.to !== undefined, (qb) => qb.where('m.receivedAt', '<', new Date(query.to ?? 0)))
    .$if(after !== undefined, (qb) => qb.where('m.id', '<', Number(after?.[0])))
    .orderBy('m.id', 'desc')
    .limit(query.limit + 1)
    .execute();
  const items = rows.slice(0, query.limit);
  const last = items.at(-1);
  return { items, nextCursor: rows.length > query.limit && last ? encodeCursor([String(last.id)]) : null };
}
