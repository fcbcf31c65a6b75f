import { machineActor } from '../../../../server/core/access/actor.ts';
import type { Context } from '../../../../server/core/context.ts';
import type { PerformedStepSource } from '../../../../server/imaging/modality/performedStep.ts';
import {
  readDataSet,
  writeDataSet,
  type DataSet,
  type ElementList,
} from '../../../../server/standards/dicom/index.ts';

/** A device of the demo county, as an association makes it the actor of what it asks. */
export async function deviceOf(
  ctx: Context,
  aeTitle: string,
): Promise<PerformedStepSource & { deviceId: string }> {
  const device = await ctx.db
    .selectFrom('device')
    .select(['id', 'institutionId'])
    .where('aeTitle', '=', aeTitle)
    .executeTakeFirstOrThrow();
  const institutionId = device.institutionId ?? '';
  return {
    actor: machineActor(aeTitle, device.id, institutionId, ['input.upload', 'input.read']),
    institutionId,
    deviceId: device.id,
  };
}

/** Attributes as a device's data set, written and read. */
export const dataSetOf = (list: ElementList): DataSet =>
  readDataSet(writeDataSet(list), '1.2.840.10008.1.2.1').dataSet;
