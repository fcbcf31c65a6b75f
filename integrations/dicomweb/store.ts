import type { Request, Response } from 'express';
import { z } from 'zod';
import { requirePermission, type Actor } from '../../server/core/access/actor.ts';
import type { Context } from '../../server/core/context.ts';
import { crashPoint } from '../../server/core/crashPoint.ts';
import { badRequest, DomainError, forbidden } from '../../server/core/errors.ts';
import { getVisibleOrder } from '../../server/core/order/order.ts';
import { requestBody } from '../../server/core/requestBody.ts';
import { closeArrival, openArrival, type Arrival } from '../../server/imaging/arrival.ts';
import type { InstanceSink, StoreOutcome } from '../../server/imaging/sender.ts';
import { tags, type DicomJson, type ElementList } from '../../server/standards/dicom/index.ts';
import { elementJson } from './elementJson.ts';
import { boundaryOf, readMultipart } from '../../server/core/multipartReader.ts';
import { openObject } from './openObject.ts';

const REFUSED = 0xc000;
const WARNING_KEPT = 0xb000;
const WARNING_REASON = 0x00081196;
const ERROR_COMMENT = 0x00000902;
const RETRIEVE_URL = 0x00081190;

/**
 * STOW-RS (PS3.18 §10.5): files as multipart/related or one as application/dicom, streamed into the store. 200 all
 * stored, 202 some kept for a person or refused, 409 none kept.
 */
export async function storeObjects(ctx: Context, actor: Actor, req: Request, res: Response): Promise<void> {
  if (!actor.institutionId) throw forbidden('images come from an institution');
  requirePermission(actor, 'input.upload', { institutionId: actor.institutionId });
  const study = req.params.study === undefined ? undefined : String(req.params.study);
  const device = actor.kind === 'machine' ? await deviceOf(ctx, actor.institutionId, actor.name) : null;
  const arrival = openArrival(
    { actor, institutionId: actor.institutionId, deviceId: device, aeTitle: null },
    study,
    await chosenOrder(ctx, actor, req),
  );
  const outcomes: StoreOutcome[] = [];
  const type = req.header('content-type') ?? '';
  try {
    const boundary = boundaryOf(type);
    if (boundary) await storeParts(ctx, arrival, requestBody(req), boundary, outcomes);
    else if (/^application\/dicom\b(?!\+)/i.test(type))
      outcomes.push(await storeStream(ctx, arrival, requestBody(req)));
    else
      throw new DomainError(
        415,
        'unsupported-media-type',
        'send multipart/related; type="application/dicom", or one application/dicom',
      );
  } finally {
    await closeArrival(ctx, arrival);
  }
  if (outcomes.length === 0) throw badRequest('the request holds no object');
  crashPoint('stow.before-answer');
  const kept = outcomes.filter((outcome) => outcome.status !== 'refused');
  const clean = outcomes.every((outcome) => ['stored', 'duplicate', 'rendition'].includes(outcome.status));
  res.status(clean ? 200 : kept.length > 0 ? 202 : 409);
  res.setHeader('Content-Type', 'application/dicom+json');
  res.end(JSON.stringify(answer(outcomes)));
}

/** `?orderId=`: the order that a person uploads for, if he may see it. */
async function chosenOrder(ctx: Context, actor: Actor, req: Request): Promise<string | undefined> {
  if (req.query.orderId === undefined) return undefined;
  const id = z.uuid().safeParse(req.query.orderId);
  if (!id.success) throw badRequest('orderId is not the id of an order');
  return (await getVisibleOrder(ctx.db, actor, id.data)).id;
}

/** The machine's device of the same name, so that its measured clock counts. */
async function deviceOf(ctx: Context, institutionId: string, name: string): Promise<string | null> {
  const device = await ctx.db
    .selectFrom('device')
    .select('id')
    .where('kind', '=', 'dicom')
    .where('institutionId', '=', institutionId)
    .where('aeTitle', '=', name)
    .executeTakeFirst();
  return device?.id ?? null;
}

async function storeStream(
  ctx: Context,
  arrival: Arrival,
  source: AsyncIterable<Buffer>,
): Promise<StoreOutcome> {
  const sink = openObject(ctx, arrival);
  try {
    for await (const chunk of source) await sink.write(chunk);
  } catch (error) {
    sink.abort();
    throw error;
  }
  return sink.finish();
}

/** Where the body breaks off or cannot be read on, what came of the last part is dropped; the parts before it stand. */
async function storeParts(
  ctx: Context,
  arrival: Arrival,
  source: AsyncIterable<Buffer>,
  boundary: string,
  outcomes: StoreOutcome[],
): Promise<void> {
  const parts = partHandler(ctx, arrival, outcomes);
  try {
    await readMultipart(source, boundary, parts);
  } catch (error) {
    parts.abort();
    throw error;
  }
}

function partHandler(ctx: Context, arrival: Arrival, outcomes: StoreOutcome[]) {
  let sink: InstanceSink | undefined;
  return {
    abort: () => sink?.abort(),
    begin(headers: ReadonlyMap<string, string>) {
      const type = headers.get('content-type') ?? 'application/dicom';
      if (!/^application\/(dicom|octet-stream)\b(?!\+)/i.test(type))
        throw new DomainError(
          415,
          'unsupported-media-type',
          `a part is ${type.slice(0, 80)}, not application/dicom`,
        );
      sink = openObject(ctx, arrival);
    },
    body: (bytes: Buffer) => sink?.write(bytes),
    async end() {
      if (sink) outcomes.push(await sink.finish());
      sink = undefined;
    },
  };
}

/** Store Instances Response Module (PS3.18 Table I.2-1). */
function answer(outcomes: StoreOutcome[]): DicomJson {
  const stored: ElementList[] = [];
  const failed: ElementList[] = [];
  for (const outcome of outcomes) {
    const reference: ElementList = [
      [tags.referencedSopClassUid, outcome.sopClassUid ?? ''],
      [tags.referencedSopInstanceUid, outcome.sopInstanceUid ?? ''],
    ];
    if (outcome.status === 'refused')
      failed.push([
        ...reference,
        [tags.failureReason, REFUSED],
        [ERROR_COMMENT, outcome.comment ?? '', 'LO'],
      ]);
    else {
      const warned = outcome.status === 'conflict' || outcome.status === 'quarantine';
      const url = outcome.studyInstanceUid
        ? `/dicom-web/studies/${outcome.studyInstanceUid}/series/${outcome.seriesInstanceUid}/instances/${outcome.sopInstanceUid}`
        : '';
      stored.push([
        ...reference,
        [RETRIEVE_URL, warned ? '' : url, 'UR'],
        ...(warned
          ? ([
              [WARNING_REASON, WARNING_KEPT, 'US'],
              [ERROR_COMMENT, outcome.comment ?? '', 'LO'],
            ] as ElementList)
          : []),
      ]);
    }
  }
  const [first] = outcomes;
  const json: DicomJson = elementJson([
    [RETRIEVE_URL, first?.studyInstanceUid ? `/dicom-web/studies/${first.studyInstanceUid}` : '', 'UR'],
  ]);
  if (stored.length > 0) json['00081199'] = { vr: 'SQ', Value: stored.map(elementJson) };
  if (failed.length > 0) json['00081198'] = { vr: 'SQ', Value: failed.map(elementJson) };
  return json;
}
