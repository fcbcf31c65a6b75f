import type { Actor } from '../../core/access/actor.ts';
import type { Context } from '../../core/context.ts';
import type { Transaction } from '../../core/database.ts';
import { invalid } from '../../core/errors.ts';
import { fieldErrors } from '../../core/fieldErrors.ts';
import type { Order } from '../../core/order/order.ts';
import type { SpecimenInput } from './caseInput.ts';
import { linkParaffin } from './linkParaffin.ts';
import { caseInput, caseKindOf, letterOf } from './caseInput.ts';

/** Adds a specimen with its containers; each container has a barcode from the accession number. */
export async function addSpecimen(
  trx: Transaction,
  order: Pick<Order, 'id' | 'accessionNumber'>,
  index: number,
  input: SpecimenInput,
): Promise<string> {
  const letter = letterOf(index);
  const specimen = await trx
    .insertInto('pathologySpecimen')
    .values({
      orderId: order.id,
      letter,
      site: input.site,
      siteCode: input.siteCode ?? null,
      laterality: input.laterality,
      procedure: input.procedure ?? null,
      fixative: input.fixative ?? null,
      removedAt: input.removedAt ?? null,
      fixationStartedAt: input.fixationStartedAt ?? null,
      coldIschaemiaMinutes: input.coldIschaemiaMinutes ?? null,
      note: input.note ?? null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const containers = Array.from({ length: input.containers }, (_, n) => ({
    specimenId: specimen.id,
    orderId: order.id,
    barcode: `${order.accessionNumber}${letter}${n + 1}`,
  }));
  await trx.insertInto('pathologyContainer').values(containers).execute();
  return specimen.id;
}

/**
 * Makes the case behind a new pathology order, in its transaction: specimens, containers, the frozen appointment.
 * An order that names no specimen (HIS, another program) has one of unknown site, which reception completes.
 */
export async function openCase(
  trx: Transaction,
  ctx: Context,
  actor: Actor,
  order: Order,
  input: Record<string, unknown>,
): Promise<void> {
  const parsed = caseInput.safeParse(input);
  if (!parsed.success)
    throw invalid('the pathology part of the request is not valid', fieldErrors(parsed.error.issues));
  const { specimens, clinical, frozen } = parsed.data;
  const kind = caseKindOf(order.itemClass);
  await trx
    .insertInto('pathologyCase')
    .values({
      orderId: order.id,
      kind,
      institutionId: order.reportingInstitutionId,
      clinical: JSON.stringify(clinical),
      createdAt: order.createdAt,
    })
    .execute();
  const named: SpecimenInput[] =
    specimens.length > 0 ? specimens : [{ site: '未注明', laterality: 'unknown', containers: 1 }];
  for (const [index, specimen] of named.entries()) {
    if (specimen.removedAt && specimen.fixationStartedAt && specimen.fixationStartedAt < specimen.removedAt) {
      throw invalid('fixation cannot start before removal', [
        {
          path: `specimens.${index}.fixationStartedAt`,
          code: 'order-of-times',
        },
      ]);
    }
    await addSpecimen(trx, order, index, specimen);
  }
  if (kind === 'frozen') {
    await trx
      .insertInto('pathologyFrozen')
      .values({
        orderId: order.id,
        appointmentAt: frozen?.appointmentAt ?? null,
        theatre: frozen?.theatre ?? null,
      })
      .execute();
  }
  if (kind === 'frozen' || kind === 'histology') await linkParaffin(ctx, trx, actor, order);
}
