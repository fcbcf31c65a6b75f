import type { Context } from '../../../server/core/context.ts';
import { notFound } from '../../../server/core/errors.ts';
import { parseAstm } from '../../../server/standards/astm/parse.ts';
import { decodeMessage } from '../../../server/standards/hl7v2/charset.ts';
import { parseMessage, wholeField, type Hl7Message } from '../../../server/standards/hl7v2/parse.ts';
import { openRaw, rawKey, readRaw } from '../rawBytes.ts';

const SHOWN_BYTES = 400_000;

/** A message with its bytes as text, its fields decoded, the answer given or received, and what happened to it. */
export async function readMessage(ctx: Pick<Context, 'db' | 'keys' | 'objects'>, id: number) {
  const row = await ctx.db
    .selectFrom('hl7Message as m')
    .leftJoin('institution as i', 'i.id', 'm.institutionId')
    .leftJoin('outbox as o', 'o.id', 'm.outboxId')
    .selectAll('m')
    .select([
      'i.shortName as institutionName',
      'o.state as outboxState',
      'o.nextAt as nextAttemptAt',
      'o.attempts as outboxAttempts',
    ])
    .where('m.id', '=', id)
    .executeTakeFirst();
  if (!row) throw notFound('message', String(id));
  const bytes = await readRaw(ctx, row);
  const events = await ctx.db
    .selectFrom('hl7MessageEvent')
    .select(['kind', 'at', 'actorName', 'detail'])
    .where('messageId', '=', id)
    .orderBy('id')
    .limit(500)
    .execute();
  const { raw, answer, objectAddress, ...shown } = row;
  void raw;
  void objectAddress;
  const timeline = [
    {
      kind: row.direction === 'in' ? 'received' : 'written',
      at: row.receivedAt,
      actorName: row.sender,
      detail: {},
    },
    ...(row.processedAt
      ? [{ kind: 'processed', at: row.processedAt, actorName: null, detail: { state: row.state } }]
      : []),
    ...(row.answeredAt
      ? [{ kind: 'answered', at: row.answeredAt, actorName: null, detail: { code: row.answerCode } }]
      : []),
    ...events,
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
  return {
    ...shown,
    raw: decodeMessage(bytes.subarray(0, SHOWN_BYTES)).text.replace(/\r\n?/g, '\n'),
    truncated: bytes.length > SHOWN_BYTES,
    decoded: decode(row.wire, bytes),
    answer: answer ? decodeMessage(openRaw(rawKey(ctx), answer)).text.replace(/\r\n?/g, '\n') : null,
    timeline,
  };
}

interface Decoded {
  charset: string | null;
  warnings: string[];
  segments: { id: string; fields: { n: number; value: string }[] }[];
}

/** Fields by segment, long values cut: what a person compares with the raw text. */
function decode(wire: string, bytes: Buffer): Decoded {
  try {
    if (wire === 'astm') {
      const message = parseAstm(bytes);
      return {
        charset: message.charset,
        warnings: message.warnings,
        segments: message.records.map((record) => ({
          id: record.type,
          fields: record.fields
            .flatMap((field, n) =>
              field
                ? [
                    {
                      n,
                      value: field
                        .map((one) => one.join('^'))
                        .join('~')
                        .slice(0, 400),
                    },
                  ]
                : [],
            )
            .filter((field) => field.value !== ''),
        })),
      };
    }
    const message = parseMessage(bytes);
    return {
      charset: message.charset,
      warnings: message.warnings,
      segments: message.segments.map((segment) => ({ id: segment.id, fields: fieldsOf(segment) })),
    };
  } catch (error) {
    return {
      charset: null,
      warnings: [error instanceof Error ? error.message : String(error)],
      segments: [],
    };
  }
}

function fieldsOf(segment: Hl7Message['segments'][number]) {
  return segment.fields
    .map((field, n) => ({
      n,
      value: (field ?? [])
        .map((_, repetition) => wholeField(segment, n, repetition + 1))
        .join('~')
        .slice(0, 400),
    }))
    .filter((field) => field.n > 0 && field.value !== '');
}
