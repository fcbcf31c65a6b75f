import { createHash, randomUUID } from 'node:crypto';
import { SYSTEM, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { enqueue } from '../../core/jobs/enqueue.ts';
import type { Order } from '../../core/order/order.ts';
import { sopClasses, srTags, tags, type DataSet, type ElementList } from '../../standards/dicom/index.ts';
import { evidence } from '../measurement/measurementReport.ts';
import { worklistName } from '../modality/worklistEntries.ts';
import { studiesOfOrder, type StudyRow } from '../queries.ts';
import { resolveImages } from '../query/resolveImages.ts';
import { keyImagesOf } from '../reading/keyImages.ts';
import { storeOwnDocument } from '../storeOwnDocument.ts';
import { readStoredHeader } from '../storedObject.ts';
import { keyObjectSelection } from './keyObjectSelection.ts';

const SERIES_NUMBER = 9_901;
const uidOf = (bytes: string) => `2.25.${BigInt(`0x${bytes}`).toString()}`;

/** In the transaction of a signature: the chosen images are written down right after it. */
export const queueKeyObjects = (trx: Transaction, actor: Actor, order: Order): Promise<void> =>
  enqueue(trx, { kind: 'imaging.key-objects', payload: { orderId: order.id, staffId: actor.id } });

/**
 * Writes the images chosen for a signed report as Key Object Selections into its studies, one for each study, so that
 * other archives and viewers find them too. The same choice is written once; an earlier one stays as history.
 */
export async function writeKeyObjects(ctx: Context, payload: Record<string, unknown>): Promise<void> {
  const order = await ctx.db
    .selectFrom('orders')
    .selectAll()
    .where('id', '=', String(payload.orderId))
    .executeTakeFirstOrThrow();
  const author = await ctx.db
    .selectFrom('staff')
    .select(['id', 'name', 'institutionId'])
    .where('id', '=', String(payload.staffId))
    .executeTakeFirstOrThrow();
  const chosen = await keyImagesOf(ctx.db, order.id);
  for (const study of await studiesOfOrder(ctx.db, order.id)) {
    const own = chosen.filter((each) => each.studyInstanceUid === study.studyInstanceUid);
    if (own.length > 0) await writeOne(ctx, author, order, study, own);
  }
}

type Chosen = Awaited<ReturnType<typeof keyImagesOf>>;
interface Author {
  id: string;
  name: string;
  institutionId: string;
}

async function writeOne(ctx: Context, author: Author, order: Order, study: StudyRow, chosen: Chosen) {
  const same = chosen.map(({ sopInstanceUid, frame }) => `${sopInstanceUid}/${frame}`).join('\n');
  const contentSha256 = createHash('sha256').update(same).digest('hex');
  const last = await ctx.db
    .selectFrom('keyObjectDocument')
    .select('contentSha256')
    .where('orderId', '=', order.id)
    .where('studyId', '=', study.id)
    .orderBy('writtenAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.contentSha256 === contentSha256) return;
  const known = new Map(
    (await resolveImages(ctx, SYSTEM, { study: study.studyInstanceUid })).map((image) => [
      image.sopInstanceUid,
      image,
    ]),
  );
  const images = chosen.flatMap(({ sopInstanceUid, frame }) => {
    const image = known.get(sopInstanceUid);
    return image ? [{ ...image, frame: image.numberOfFrames > 1 ? frame : undefined }] : [];
  });
  const [first] = images;
  if (!first) return;
  const { dataSet: from } = await readStoredHeader(ctx, first);
  const sopInstanceUid = uidOf(randomUUID().replaceAll('-', ''));
  const head = { sopClassUid: sopClasses.keyObjectSelection, sopInstanceUid };
  await storeOwnDocument(
    ctx,
    study,
    head,
    [
      ...documentHead({ now: ctx.clock.now(), order, study, from, sopInstanceUid }),
      [srTags.currentRequestedProcedureEvidenceSequence, [evidence(study.studyInstanceUid, images)]],
      ...keyObjectSelection({
        observer: worklistName(author.name),
        description: `报告关键图像 ${order.accessionNumber}`,
        images,
      }),
    ],
    async (trx) => {
      await trx
        .insertInto('keyObjectDocument')
        .values({
          sopInstanceUid,
          orderId: order.id,
          studyId: study.id,
          contentSha256,
          images: images.length,
          writtenBy: author.id,
          writtenAt: ctx.clock.now(),
        })
        .execute();
      await recordAudit(trx, { kind: 'staff', roles: [], verbs: [], ...author }, {
        action: 'key-object.write', subjectType: 'order', subjectId: order.id, patientId: order.patientId,
        detail: { sopInstanceUid, studyInstanceUid: study.studyInstanceUid, images: images.length },
      }); // prettier-ignore
    },
  );
}

/** Patient, study and series of the document (PS3.3 §A.35.4); all documents of a case in a study are one series. */
function documentHead(input: {
  now: Date;
  order: Order;
  study: StudyRow;
  from: DataSet;
  sopInstanceUid: string;
}): ElementList {
  const { order, study, from } = input;
  const now = new Date(input.now.getTime() + 8 * 3_600_000).toISOString().replace(/[-:T]/g, '');
  const [date, time] = [now.slice(0, 8), now.slice(8, 14)];
  const same = (tag: number): ElementList[number] => [tag, from.text(tag) ?? ''];
  const series = createHash('sha256')
    .update(`key objects\n${order.id}\n${study.studyInstanceUid}`)
    .digest('hex');
  return [
    [tags.sopClassUid, sopClasses.keyObjectSelection], [tags.sopInstanceUid, input.sopInstanceUid], [tags.instanceCreationDate, date], [tags.instanceCreationTime, time], [tags.timezoneOffsetFromUtc, '+0800'],
    same(tags.studyDate), same(tags.studyTime), same(tags.accessionNumber), same(tags.referringPhysicianName), same(tags.studyDescription), same(tags.studyId), [tags.studyInstanceUid, study.studyInstanceUid],
    same(tags.patientName), same(tags.patientId), same(tags.patientBirthDate), same(tags.patientSex),
    [tags.seriesDate, date], [tags.seriesTime, time], [tags.contentDate, date], [tags.contentTime, time],
    [tags.modality, 'KO'], [tags.seriesInstanceUid, uidOf(series.slice(0, 31))], [tags.seriesNumber, SERIES_NUMBER], [tags.seriesDescription, '关键图像 Key images'], [tags.referencedPerformedProcedureStepSequence, []],
    [tags.instanceNumber, 1], [tags.manufacturer, 'County Hub'], [tags.manufacturerModelName, 'County Hub reading room'],
  ]; // prettier-ignore
}
