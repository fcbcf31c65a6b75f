import { createHash, randomUUID } from 'node:crypto';
import { SYSTEM, type Actor } from '../../core/access/actor.ts';
import { recordAudit } from '../../core/audit/recordAudit.ts';
import type { ReportContent } from '../../core/center.ts';
import type { Context } from '../../core/context.ts';
import type { Order } from '../../core/order/order.ts';
import { canonicalJson } from '../../core/report/reportContent.ts';
import { sopClasses, srTags, tags, type DataSet, type ElementList } from '../../standards/dicom/index.ts';
import { worklistName } from '../modality/worklistEntries.ts';
import { studiesOfOrder, type StudyRow } from '../queries.ts';
import { resolveImages, type ResolvedInstance } from '../query/resolveImages.ts';
import { storeOwnDocument } from '../storeOwnDocument.ts';
import { readStoredHeader } from '../storedObject.ts';
import { evidence, measurementReport } from './measurementReport.ts';
import { measurementsIn, type KeptMeasurement } from './storedMeasurement.ts';

export type MeasurementState = 'draft' | 'preliminary' | 'verified';
export interface WrittenReport {
  studyInstanceUid: string;
  sopInstanceUid: string;
  measurements: number;
  /** False where the last document says the same already. */
  fresh: boolean;
}

const SERIES_NUMBER = 9_900;

/**
 * Writes what was measured for a case as structured reports (Comprehensive SR, TID 1500) into its studies: one document
 * per study, naming the one it replaces; the same measurements at the same step are written once. `author` is who
 * measured, or who verified at `verified`.
 */
export async function writeMeasurementReports(
  ctx: Context,
  author: Actor & { id: string },
  order: Order,
  content: ReportContent,
  state: MeasurementState,
): Promise<WrittenReport[]> {
  const kept = measurementsIn(content);
  const written: WrittenReport[] = [];
  for (const study of await studiesOfOrder(ctx.db, order.id)) {
    const own = kept.filter((each) => each.studyInstanceUid === study.studyInstanceUid);
    const made = await writeOne(ctx, author, order, study, own, state);
    if (made) written.push(made);
  }
  return written;
}

async function writeOne(
  ctx: Context,
  author: Actor & { id: string },
  order: Order,
  study: StudyRow,
  kept: KeptMeasurement[],
  state: MeasurementState,
): Promise<WrittenReport | undefined> {
  const last = await lastReport(ctx, order.id, study.id);
  if (kept.length === 0 && (!last || last.measurements === 0)) return undefined;
  const contentSha256 = createHash('sha256').update(canonicalJson(kept)).digest('hex');
  const { studyInstanceUid } = study;
  if (last?.contentSha256 === contentSha256 && (last.state === state || state === 'draft'))
    return {
      studyInstanceUid,
      sopInstanceUid: last.sopInstanceUid,
      measurements: last.measurements,
      fresh: false,
    };
  const images = await resolveImages(ctx, SYSTEM, { study: studyInstanceUid });
  const known = new Map(images.map((image) => [image.sopInstanceUid, image]));
  const drawn = kept.filter((each) => known.has(each.sopInstanceUid));
  const source = known.get(drawn[0]?.sopInstanceUid ?? '') ?? images[0];
  if (!source) return undefined;
  const sopInstanceUid = newUid();
  const { dataSet: from } = await readStoredHeader(ctx, source);
  await storeOwnDocument(
    ctx,
    study,
    { sopClassUid: sopClasses.comprehensiveSr, sopInstanceUid },
    document({ ctx, author, order, study, from, state, sopInstanceUid, last: last?.sopInstanceUid, drawn, known }),
    async (trx) => {
      await trx
        .insertInto('measurementReport')
        .values({
          sopInstanceUid,
          orderId: order.id,
          studyId: study.id,
          contentSha256,
          state,
          measurements: drawn.length,
          writtenBy: author.id,
          writtenAt: ctx.clock.now(),
        })
        .execute();
      await recordAudit(trx, author, {
        action: 'measurement.save',
        subjectType: 'order',
        subjectId: order.id,
        patientId: order.patientId,
        detail: { sopInstanceUid, studyInstanceUid, measurements: drawn.length, state },
      });
    },
  ); // prettier-ignore
  return { studyInstanceUid, sopInstanceUid, measurements: drawn.length, fresh: true };
}

/** The last document of the case in this study whose object stands in the index. */
const lastReport = (ctx: Context, orderId: string, studyId: number) =>
  ctx.db
    .selectFrom('measurementReport')
    .innerJoin('instance', (join) =>
      join
        .onRef('instance.sopInstanceUid', '=', 'measurementReport.sopInstanceUid')
        .on('instance.supersededAt', 'is', null),
    )
    .select([
      'measurementReport.sopInstanceUid',
      'measurementReport.contentSha256',
      'measurementReport.state',
      'measurementReport.measurements',
    ])
    .where('measurementReport.orderId', '=', orderId)
    .where('measurementReport.studyId', '=', studyId)
    .orderBy('measurementReport.writtenAt', 'desc')
    .limit(1)
    .executeTakeFirst();

const newUid = () => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`).toString()}`;

/** All documents of a case in a study are one series. */
const seriesUid = (orderId: string, studyInstanceUid: string) =>
  `2.25.${BigInt(`0x${createHash('sha256').update(`measurements\n${orderId}\n${studyInstanceUid}`).digest('hex').slice(0, 31)}`).toString()}`;

function document(input: {
  ctx: Context;
  author: Actor & { id: string };
  order: Order;
  study: StudyRow;
  from: DataSet;
  state: MeasurementState;
  sopInstanceUid: string;
  last: string | undefined;
  drawn: KeptMeasurement[];
  known: ReadonlyMap<string, ResolvedInstance>;
}): ElementList {
  const { ctx, author, order, study, from, state, drawn, known } = input;
  const now = new Date(ctx.clock.now().getTime() + 8 * 3_600_000).toISOString().replace(/[-:T]/g, '');
  const [date, time] = [now.slice(0, 8), now.slice(8, 14)];
  const same = (tag: number): ElementList[number] => [tag, from.text(tag) ?? ''];
  const observer = worklistName(author.name);
  const series = seriesUid(order.id, study.studyInstanceUid);
  const images = drawn.flatMap((each) => known.get(each.sopInstanceUid) ?? []);
  return [
    [tags.sopClassUid, sopClasses.comprehensiveSr], [tags.sopInstanceUid, input.sopInstanceUid], [tags.instanceCreationDate, date], [tags.instanceCreationTime, time], [tags.timezoneOffsetFromUtc, '+0800'],
    same(tags.studyDate), same(tags.studyTime), same(tags.accessionNumber), same(tags.referringPhysicianName), same(tags.studyDescription), same(tags.studyId), [tags.studyInstanceUid, study.studyInstanceUid],
    same(tags.patientName), same(tags.patientId), same(tags.patientBirthDate), same(tags.patientSex),
    [tags.seriesDate, date], [tags.seriesTime, time], [tags.contentDate, date], [tags.contentTime, time],
    [tags.modality, 'SR'], [tags.seriesInstanceUid, series], [tags.seriesNumber, SERIES_NUMBER], [tags.seriesDescription, '影像测量 Measurements'], [tags.referencedPerformedProcedureStepSequence, []],
    [tags.instanceNumber, 1], [tags.manufacturer, 'County Hub'], [tags.manufacturerModelName, 'County Hub reading room'],
    [srTags.completionFlag, state === 'draft' ? 'PARTIAL' : 'COMPLETE'], [srTags.preliminaryFlag, state === 'verified' ? 'FINAL' : 'PRELIMINARY'],
    [srTags.verificationFlag, state === 'verified' ? 'VERIFIED' : 'UNVERIFIED'],
    ...(state === 'verified' ? ([[srTags.verifyingObserverSequence, [[
      [srTags.verifyingOrganization, 'County Hub'], [srTags.verificationDateTime, `${date}${time}+0800`], [srTags.verifyingObserverName, observer], [srTags.verifyingObserverIdentificationCodeSequence, []],
    ]]]] as ElementList) : []),
    ...(input.last ? ([[srTags.predecessorDocumentsSequence, [evidence(study.studyInstanceUid, [{ seriesInstanceUid: series, sopClassUid: sopClasses.comprehensiveSr, sopInstanceUid: input.last }])]]] as ElementList) : []),
    [srTags.performedProcedureCodeSequence, []],
    ...(images.length > 0 ? ([[srTags.currentRequestedProcedureEvidenceSequence, [evidence(study.studyInstanceUid, images)]]] as ElementList) : []),
    ...measurementReport({
      observer,
      modality: images[0]?.modality ?? study.modalities[0] ?? '',
      groups: drawn.map((each) => {
        const image = known.get(each.sopInstanceUid);
        return { ...each, image: { sopClassUid: image?.sopClassUid ?? '', sopInstanceUid: each.sopInstanceUid, frame: (image?.numberOfFrames ?? 1) > 1 ? each.frame : undefined } };
      }),
    }),
  ]; // prettier-ignore
}
